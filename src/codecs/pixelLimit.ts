/**
 * How large an image may be. Its header claims a size before anything proves it, and memory is taken for what it
 * claims: a few bytes must not fill all of it.
 */
import { LoaderError, SourceError } from '../errors.js'
import { environment } from './platform.js'

const VARIABLE = 'MILLRACE_MAX_PIXELS'
/** Half a GiB as RGB; Pillow, and so PyTorch's image folders, refuse an image from the same size on. */
const DEFAULT = 178_956_970
/** libjpeg-turbo's binding counts bytes in 32 bits, and libvips has tables of this size. */
const MOST = 0x3fff * 0x3fff
/**
 * A byte of JPEG cannot stand for more pixels: each block of 8 × 8 takes a bit at least, and where the components are
 * sampled most unlike each other, a block stands for 256.
 */
const JPEG_PIXELS_PER_BYTE = 2048
const LAST_HUFFMAN_FRAME = 0xc7

let limit: number | undefined

/**
 * Pixels that an image may have.
 *
 * @throws LoaderError where the environment says something else than a number that can be
 */
export function maxPixels(): number {
  limit ??= read(environment(VARIABLE))
  return limit
}

/** The error for an image that claims more. */
export function tooLarge(cause?: unknown): SourceError {
  const count = maxPixels().toLocaleString('en')
  return new SourceError(
    `The image is too large to be decoded: it claims more than ${count} pixels. If that is meant, set ${VARIABLE} (at most ${MOST}).`,
    { cause }
  )
}

/**
 * Refuses a JPEG whose header cannot be true.
 *
 * @throws SourceError
 */
export function checkJpegSize(header: { width: number; height: number; frame: number }, bytes: number): void {
  const { width, height, frame } = header
  const pixels = width * height
  if (pixels > maxPixels()) throw tooLarge()
  if (frame > LAST_HUFFMAN_FRAME || pixels <= bytes * JPEG_PIXELS_PER_BYTE) return
  throw new SourceError(
    `The JPEG image is truncated or damaged (${bytes} bytes cannot hold ${width} × ${height} pixels).`
  )
}

function read(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1 && value <= MOST) return value
  throw new LoaderError(
    'CODEC',
    `${VARIABLE} must be a whole number from 1 to ${MOST}, but is ${JSON.stringify(text)}.`
  )
}
