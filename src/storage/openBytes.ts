/** Files and URLs that are read in parts, alike. */
import { openLocal, readPart } from './localBytes.js'
import { isRemote } from './location.js'
import { absolutePath } from './platform.js'
import { RemoteBytes, type RemoteOptions } from './remoteBytes.js'

/** Bytes that can be reached at any place; as hyparquet's AsyncBuffer. */
export interface ByteSource {
  readonly byteLength: number
  /** The bytes from `start` to `end`, by the rules of `ArrayBuffer.slice`: negative ones count from the end. */
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

/**
 * Opens a file, or a URL that begins with `http://` or `https://`.
 *
 * Requests that fail for a reason which may pass are tried again, and go on with the byte where a connection broke. A
 * file that changes after it was opened is refused.
 *
 * @throws SourceError, here and by `slice`; the reason of the signal where that ends it
 */
export async function openBytes(location: string, options: RemoteOptions = {}): Promise<ByteSource> {
  const { signal } = options
  signal?.throwIfAborted()
  if (isRemote(location)) {
    const remote = new RemoteBytes(location, options)
    return source(await remote.byteLength(), async (start, end) => (await remote.read(start, end)).buffer)
  }
  const path = absolutePath(location)
  const state = await openLocal(path)
  return source(state.size, async (start, end) => {
    signal?.throwIfAborted()
    return readPart(path, state, start, end)
  })
}

function source(byteLength: number, read: (start: number, end: number) => Promise<ArrayBuffer>): ByteSource {
  const place = (at: number): number => Math.max(0, Math.min(byteLength, at < 0 ? byteLength + at : at))
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = place(start)
      const to = place(end)
      return to > from ? read(from, to) : new ArrayBuffer(0)
    }
  }
}
