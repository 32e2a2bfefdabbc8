/** Reads tar archives: as a stream, or by the headers alone, which tells where the files lie. */
import { type Extract, extract, type Header } from 'tar-stream'
import { SourceError } from '../errors.js'
import type { ByteSource } from '../storage/openBytes.js'

/** A file of an archive. */
export interface TarEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Where a file of an archive lies. */
export interface TarMember {
  readonly name: string
  readonly offset: number
  readonly length: number
  /** Its content, where that was wanted. */
  readonly bytes: Uint8Array | undefined
}

/** The archive's plain files, in its order; what `wanted` refuses is skipped without being collected. */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  wanted: (name: string) => boolean
): AsyncGenerator<TarEntry, void, undefined> {
  const archive = extract()
  const fed = feed(archive, chunks)
  fed.catch(error => archive.destroy(error))
  for await (const entry of archive) {
    const { header } = entry
    const reason = whyNotSize(header)
    if (reason !== undefined) throw new SourceError(`${JSON.stringify(header.name)} claims a size that ${reason}.`)
    if (!isFile(header) || !wanted(header.name)) {
      entry.resume()
      continue
    }
    const pieces: Uint8Array[] = []
    for await (const piece of entry) pieces.push(piece as Uint8Array)
    yield { name: header.name, bytes: concat(pieces, header.size) }
  }
  await fed
}

/**
 * The archive's plain files and where they lie, in its order. Of what is not `wanted` the headers alone are read.
 *
 * @param show the archive's name in messages
 * @throws SourceError where it is no archive, or was cut
 */
export async function scanTar(
  file: ByteSource,
  show: string,
  wanted: (name: string) => boolean
): Promise<readonly TarMember[]> {
  const archive = extract({ highWaterMark: 1 })
  const members: TarMember[] = []
  let failure: Error | undefined
  /** Up to here nobody wants to know what the archive holds. */
  let skipTo = 0
  archive.on('error', error => {
    failure ??= error
  })
  archive.on('entry', (header, stream, next) => {
    stream.on('error', () => {}) // the archive's own
    const [offset, length] = [stream.offset + BLOCK, header.size]
    const keep = isFile(header) && wanted(header.name)
    const reason =
      whyNotSize(header) ??
      (offset + length > file.byteLength ? 'ends behind its end' : undefined) ??
      (keep && length > MOST_WANTED ? 'is too large' : undefined)
    if (reason !== undefined) {
      const what = `${JSON.stringify(header.name)} at byte ${offset} claims ${length} bytes`
      archive.destroy(new SourceError(`${show} was cut or is damaged: ${what}, which ${reason}.`))
      return
    }
    const pieces: Uint8Array[] = []
    if (!keep) skipTo = offset + length
    stream.on('data', piece => keep && pieces.push(piece as Uint8Array))
    stream.on('end', () => {
      if (isFile(header)) {
        members.push({ name: header.name, offset, length, bytes: keep ? concat(pieces, length) : undefined })
      }
      next()
    })
  })
  for (let at = 0; at < file.byteLength && failure === undefined; ) {
    // Nothing looks at these bytes, so they need not be read; the archive only counts them.
    const skipped = Math.min(skipTo - at, NOTHING.length)
    const chunk = skipped > 0 ? NOTHING.subarray(0, skipped) : new Uint8Array(await file.slice(at, at + CHUNK))
    at += chunk.length
    await write(archive, chunk)
  }
  if (failure === undefined) await finished(archive)
  if (failure instanceof SourceError) throw failure
  if (failure === undefined) return members
  const hint = 'It must be an uncompressed tar archive'
  throw new SourceError(`${show} cannot be read: ${failure.message.replace(/\.$/, '')}. ${hint}.`, { cause: failure })
}

const BLOCK = 512 // bytes
const CHUNK = 1 << 16 // bytes
const NOTHING = new Uint8Array(1 << 20)
/** What tells of an image, its class for instance, is small. */
const MOST_WANTED = 1 << 20 // bytes

function isFile({ type }: Header): boolean {
  return type === 'file' || type === 'contiguous-file'
}

/** tar-stream takes a field that is no number for the size null, and waits for the end of that file for ever. */
function whyNotSize({ size }: Header): string | undefined {
  return Number.isFinite(size) ? undefined : 'is no number'
}

/** Hands bytes over, and waits until they have been gone through. */
function write(archive: Extract, chunk: Uint8Array): Promise<void> {
  return new Promise(resolve => {
    if (archive.destroyed || archive.write(chunk)) return resolve()
    const go = (): void => {
      archive.off('drain', go)
      archive.off('close', go)
      resolve()
    }
    archive.on('drain', go)
    archive.on('close', go)
  })
}

function finished(archive: Extract): Promise<void> {
  return new Promise(resolve => {
    archive.on('close', resolve)
    archive.end(undefined)
  })
}

async function feed(archive: Extract, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (archive.destroyed) return
    await write(archive, chunk)
  }
  archive.end(undefined)
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
