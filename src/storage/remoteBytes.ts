/** A file on a web server, read in parts. */
import { changedError, refused } from './refusals.js'
import { type Answer, request } from './request.js'
import { Patience, type ReadOptions, Transient } from './transient.js'
import { collectWhole } from './wholeBody.js'

export interface RemoteOptions extends ReadOptions {
  /**
   * A server that ignores range requests sends the whole file, which is then kept in memory, unless it has more bytes
   * than this; then it is refused.
   * @defaultValue 67108864, 64 MiB
   */
  readonly maxWholeBytes?: number | undefined
}

export class RemoteBytes {
  readonly #url: string
  readonly #options: RemoteOptions
  /** What the first answer told of the file; later ones must agree. */
  #known: { readonly total: number; readonly version: string | undefined } | undefined
  /** The file, of a server that gives no parts. */
  #whole: Uint8Array<ArrayBuffer> | undefined

  constructor(url: string, options: RemoteOptions = {}) {
    this.#url = url
    this.#options = options
  }

  /** Bytes of the file. A HEAD request would be shorter, but presigned URLs are signed for GET. */
  async byteLength(): Promise<number> {
    if (this.#known === undefined) await this.#fill(new Uint8Array(1), 0, this.#options)
    return this.#known!.total
  }

  /** The bytes from `start` to `end`, all of which must be there. */
  async read(start: number, end: number, signal?: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const options = signal === undefined ? this.#options : { ...this.#options, signal }
    const out = new Uint8Array(end - start)
    const count = await this.#fill(out, start, options)
    if (count === out.length) return out
    throw refused(
      this.#url,
      `has ${this.#known!.total} bytes, but bytes up to ${end} were expected: the file has changed`
    )
  }

  /** Fills `out` with the bytes from `start` on; asks again for what is missing where an answer broke off. */
  async #fill(out: Uint8Array, start: number, options: ReadOptions): Promise<number> {
    const patience = new Patience(options)
    let done = 0
    while (done < out.length && this.#whole === undefined) {
      const before = done
      try {
        await request(this.#url, { start: start + done, end: start + out.length }, options, async answer => {
          this.#check(answer)
          if (!answer.partial) return this.#keepWhole(answer)
          const wanted = answer.end! - answer.start
          for await (const chunk of answer.chunks) {
            if (done - before + chunk.length > wanted) throw refused(this.#url, 'sent more bytes than it said')
            out.set(chunk, done)
            done += chunk.length
          }
          if (done - before < wanted) throw new Transient('the answer ended early')
        })
        if (done === before) break // there is nothing behind the end
      } catch (error) {
        await patience.after(error, done - before, this.#url)
      }
    }
    if (this.#whole === undefined) return done
    const part = this.#whole.subarray(start, start + out.length)
    out.set(part)
    return part.length
  }

  async #keepWhole(answer: Answer): Promise<void> {
    const { maxWholeBytes = 64 * 2 ** 20 } = this.#options
    const whole = await collectWhole(this.#url, answer, maxWholeBytes, 'ignores range requests, and ')
    this.#known ??= { total: whole.length, version: answer.version }
    this.#whole = whole
  }

  /** Refuses a file that is not the one that was read before. */
  #check({ total, version, partial }: Answer): void {
    const known = this.#known
    if (known !== undefined) {
      const same = (total ?? known.total) === known.total && (version ?? known.version) === known.version
      if (!same) throw changedError(this.#url)
    } else if (total !== undefined) {
      this.#known = { total, version }
    } else if (partial) {
      throw refused(this.#url, 'does not tell how many bytes the file has')
    }
  }
}
