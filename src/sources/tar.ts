/** Reads tar archives (POSIX ustar) as a stream, without holding more than one entry. */

/** A file of an archive. */
export interface TarEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The archive's plain files, in its order; what `wanted` refuses is skipped without being collected. */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  wanted: (name: string) => boolean
): AsyncGenerator<TarEntry, void, undefined> {
  const stream = byteStream(chunks)
  try {
    for (;;) {
      const header = await stream.take(BLOCK)
      if (header === undefined || header[0] === 0) return
      const prefix = text(header, 345, 155)
      const name = prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`
      const size = Number.parseInt(text(header, 124, 12), 8)
      if (!Number.isSafeInteger(size)) throw new Error(`the archive has no readable header before ${name}`)
      const isFile = header[156] === 0 || header[156] === 0x30 // '0'
      const bytes = await stream.take(size, !(isFile && wanted(name)))
      if (bytes === undefined) throw new Error(`the archive ends within ${name}`)
      await stream.take((BLOCK - (size % BLOCK)) % BLOCK, true)
      if (isFile && wanted(name)) yield { name, bytes }
    }
  } finally {
    await stream.close()
  }
}

const BLOCK = 512 // bytes

/** Takes exact numbers of bytes from chunks of any size. */
function byteStream(chunks: AsyncIterable<Uint8Array>): {
  take(size: number, skip?: boolean): Promise<Uint8Array | undefined>
  close(): Promise<unknown>
} {
  const iterator = chunks[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  return {
    async take(size, skip = false) {
      const bytes = new Uint8Array(skip ? 0 : size)
      for (let at = 0; at < size; ) {
        if (chunk.length === 0) {
          const next = await iterator.next()
          if (next.done) return undefined
          chunk = next.value
        }
        const part = chunk.subarray(0, size - at)
        if (!skip) bytes.set(part, at)
        chunk = chunk.subarray(part.length)
        at += part.length
      }
      return bytes
    },
    async close() {
      return iterator.return?.()
    }
  }
}

function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim()
}
