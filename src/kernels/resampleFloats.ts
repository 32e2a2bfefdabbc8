/** Resampling of whole images of floats, by the same weights as `resample`, without rounding in between. */
import { Scratch } from './scratch.js'
import { PRECISION, Taps } from './taps.js'

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
  const { data, width, height, channels } = image
  across.set(0, width, width, out.width)
  down.set(0, height, height, out.height)
  const between = scratch.floats(height * out.width * channels)
  const line = out.width * channels
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < out.width; x++) {
      const from = y * width * channels + across.first[x]! * channels
      for (let c = 0; c < channels; c++)
        between[y * line + x * channels + c] = weighed(data, from + c, channels, across, x)
    }
  }
  for (let y = 0; y < out.height; y++) {
    const from = down.first[y]! * line
    for (let i = 0; i < line; i++) out.data[y * line + i] = weighed(between, from + i, line, down, y)
  }
}

/** The sum of the values that make up pixel `i`, each `pitch` after the one before. */
function weighed(data: Float32Array, at: number, pitch: number, { count, weights, stride }: Taps, i: number): number {
  let sum = 0
  for (let k = 0; k < count[i]!; k++) sum += data[at + k * pitch]! * weights[i * stride + k]!
  return sum / (1 << PRECISION)
}
