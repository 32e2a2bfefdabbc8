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

/** Channels of a JPEG as its frame header says: 1, 3, or 4 for CMYK; undefined where there is no frame header. */
export function jpegChannels(bytes: Uint8Array): number | undefined {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++ // a fill byte
      continue
    }
    if (isFrame(marker)) return bytes[at + 9]
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
  }
  return undefined
}

/** SOF0 to SOF15, less the three markers among them that are something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
