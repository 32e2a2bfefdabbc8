/** What is wrong with an image, in a sentence. */
import { SourceError } from '../errors.js'
import { type ImageKind, imageKind } from './imageKind.js'
import { tooLarge } from './pixelLimit.js'

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this process',
  EMFILE: 'cannot be opened, because too many files are open'
}

/** Refuses what is no image, before a decoder sees it. */
export function checkKind(head: Uint8Array): ImageKind {
  if (head.length === 0) throw new SourceError('The file is empty (0 bytes).')
  const kind = imageKind(head)
  if (kind !== undefined) return kind
  const start = Array.from(head.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join(' ')
  throw new SourceError(
    `The file is no PNG, JPEG, WebP, AVIF, GIF or TIFF, whatever its name says: it starts with ${start}.`
  )
}

/** A file that could not be read. */
export function readError(path: string, cause: unknown): SourceError {
  const { code } = cause as { code?: string }
  return new SourceError(`The file ${path} ${(code && reasons[code]) ?? `cannot be read (${messageOf(cause)})`}.`, {
    cause
  })
}

/** An image that the decoder refused. */
export function decodeError(cause: unknown, kind: ImageKind): SourceError {
  if (cause instanceof SourceError) return cause
  const message = messageOf(cause)
  if (/pixel limit/i.test(message)) return tooLarge(cause)
  return new SourceError(`The ${kind.toUpperCase()} image is truncated or damaged (${message}).`, { cause })
}

/** The first line that says something: libvips lists all that followed from it, too. */
function messageOf(cause: unknown): string {
  const lines = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return (lines.find(line => !line.startsWith('source: ')) ?? lines[0]!).trim()
}
