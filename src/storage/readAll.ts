/** Whole files into memory. */

import { readLocal } from './localBytes.js'
import { isRemote } from './location.js'
import { changedError } from './refusals.js'
import { request } from './request.js'
import { Patience, type ReadOptions } from './transient.js'
import { Body } from './wholeBody.js'

export interface ReadAllOptions extends ReadOptions {
  /**
   * A larger file is refused before it is read.
   * @defaultValue 268435456, 256 MiB
   */
  readonly maxBytes?: number | undefined
}

/**
 * All bytes of a file or a URL.
 *
 * @throws SourceError where it cannot be read or is too large; the reason of the signal where that ends it
 */
export async function readAll(location: string, options: ReadAllOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes = 2 ** 28 } = options
  return isRemote(location) ? readRemote(location, maxBytes, options) : readLocal(location, maxBytes, options.signal)
}

/** All of a file as UTF-8 text, without the mark that some programs put before it. */
export async function readText(location: string, options: ReadAllOptions = {}): Promise<string> {
  return new TextDecoder().decode(await readAll(location, options))
}

/** Goes on where a connection broke, if the server tells lengths; else begins anew. */
async function readRemote(url: string, maxBytes: number, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const patience = new Patience(options)
  const body = new Body(url, maxBytes, '')
  let version: string | undefined
  let total: number | undefined
  for (;;) {
    if (total === undefined) body.clear()
    const before = body.length
    try {
      await request(url, { start: before }, options, async answer => {
        if (before > 0 && (answer.version !== version || answer.total !== total)) throw changedError(url)
        if (!answer.partial) body.clear()
        version = answer.version
        total = answer.total
        await body.take(answer)
      })
      if (total === undefined || body.length >= total) return body.bytes()
    } catch (error) {
      await patience.after(error, body.length - before, url)
    }
  }
}
