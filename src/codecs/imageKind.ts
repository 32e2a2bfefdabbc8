/** Which kind of image file some bytes are, by their first bytes; file names lie. */

export type ImageKind = 'png' | 'jpeg' | 'webp' | 'avif' | 'gif' | 'tiff'

/** How many of a file's bytes are enough for {@link imageKind}. */
export const HEAD_BYTES = 64

const FIRST_TEXT_BYTES = 48

/** The kind of an image file; undefined for anything else. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, FIRST_TEXT_BYTES))
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif'
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return 'tiff'
  if (head.startsWith('ftyp', 4) && /avi[fs]/.test(head.slice(8, bytes[3]))) return 'avif'
  return undefined
}
