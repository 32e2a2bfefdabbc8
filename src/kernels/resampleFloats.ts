/** Resampling of whole images of floats, by the same weights as `resample`, without rounding in between. */
import { Scratch } from './scratch.js'
import { Taps } from './taps.js'

/** Floats in rows of `channels` numbers a pixel. */
export interface FloatImage {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

const across = new Taps()
const down = new Taps()
const scratch = new Scratch()

/** Scales an image to the size of `out`, bilinear and antialiased. `image` and `out` may not share memory. */
export function resampleFloats(image: FloatImage, out: FloatImage): void {
  const { width, height, channels } = image
  across.set(0, width, width, out.width)
  down.set(0, height, height, out.height)
  const between = scratch.floats(height * out.width * channels)
  resampleColumns(image, across, between, out.width)
  resampleRows(between, down, out)
}

function resampleColumns(
  { data, width, height, channels }: FloatImage,
  { first, count, weights, stride, precision }: Taps,
  out: Float32Array,
  outWidth: number
): void {
  const one = 1 << precision
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      const start = (y * width + first[x]!) * channels
      const end = x * stride + count[x]!
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let k = x * stride, from = start + c; k < end; k++, from += channels) sum += data[from]! * weights[k]!
        out[at++] = sum / one
      }
    }
  }
}

function resampleRows(
  data: Float32Array,
  { first, count, weights, stride, precision }: Taps,
  { data: out, width, height, channels }: FloatImage
): void {
  const one = 1 << precision
  const line = width * channels
  for (let y = 0, at = 0; y < height; y++) {
    const start = first[y]! * line
    const end = y * stride + count[y]!
    for (let i = 0; i < line; i++) {
      let sum = 0
      for (let k = y * stride, from = start + i; k < end; k++, from += line) sum += data[from]! * weights[k]!
      out[at++] = sum / one
    }
  }
}
