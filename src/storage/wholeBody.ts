/** Whole bodies, which must not be larger than what memory is meant for them. */
import { refused } from './refusals.js'
import type { Answer } from './request.js'
import { Transient } from './transient.js'

/** Collects a body from its beginning. `why` says, for the message, why the whole of it came. */
export async function collectWhole(
  url: string,
  answer: Answer,
  maxBytes: number,
  why: string
): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Body(url, maxBytes, why)
  await body.take(answer)
  return body.bytes()
}

/** The bytes of a file as far as they have come. */
export class Body {
  readonly #url: string
  readonly #maxBytes: number
  readonly #why: string
  #pieces: Uint8Array[] = []
  /** Bytes that have come. */
  length = 0

  constructor(url: string, maxBytes: number, why: string) {
    this.#url = url
    this.#maxBytes = maxBytes
    this.#why = why
  }

  clear(): void {
    this.#pieces = []
    this.length = 0
  }

  /** Appends what an answer brings. */
  async take({ chunks, start, end, total }: Answer): Promise<void> {
    this.#refuse(total ?? 0)
    for await (const chunk of chunks) {
      this.#refuse(this.length + chunk.length)
      this.#pieces.push(chunk)
      this.length += chunk.length
    }
    if (end !== undefined && this.length < end) throw new Transient('the answer ended early')
    if (end !== undefined && this.length > end)
      throw refused(this.#url, `sent more bytes than it said, from ${start} on`)
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.length)
    let at = 0
    for (const piece of this.#pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  #refuse(size: number): void {
    if (size <= this.#maxBytes) return
    throw refused(this.#url, `${this.#why}has more than the ${this.#maxBytes} bytes that are taken into memory at once`)
  }
}
