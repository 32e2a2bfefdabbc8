/** JPEGs that libjpeg-turbo decodes to upright RGB by itself. Everything else is left to sharp. */
import type { EncodedImage, OpenImage } from './codec.js'
import { type JpegHeader, jpegHeader } from './jpegHeader.js'
import { checkJpegSize } from './pixelLimit.js'
import { readImage, SharpImage } from './sharp.js'

/** Baseline, extended and progressive. */
const LAST_FRAME = 0xc2

/**
 * Reads an image file.
 *
 * @param openPlain makes something better of a plain JPEG than what sharp will do
 */
export function openImage(
  source: EncodedImage,
  openPlain: (bytes: Uint8Array, header: JpegHeader, other: SharpImage) => OpenImage
): OpenImage {
  const { bytes, kind } = readImage(source)
  const header = kind === 'jpeg' ? jpegHeader(bytes) : undefined
  if (header !== undefined) checkJpegSize(header, bytes.length)
  const other = new SharpImage(bytes, kind, header)
  return header !== undefined && isPlain(header) ? openPlain(bytes, header, other) : other
}

/** Of 8 bits, grey or in colours, upright. */
function isPlain({ channels, precision, frame, orientation }: JpegHeader): boolean {
  const isCommon = frame <= LAST_FRAME && precision === 8 && (channels === 1 || channels === 3)
  return isCommon && orientation === 1
}
