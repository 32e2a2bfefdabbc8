/** Batch normalisation by the batch's own statistics (Ioffe, Szegedy 2015), without learned scale and offset. */
import type { Moments, Normalization } from '../batch.js'

/** The moments of pixels of `channels` values each, from 0 to 255. */
export function momentsOf(images: Uint8Array | Float32Array, channels: number): Moments {
  const perChannel = Array.from({ length: channels }, (_, c) =>
    images instanceof Uint8Array ? byteMoments(images, c, channels) : floatMoments(images, c, channels)
  )
  return {
    mean: perChannel.map(([mean]) => mean / 255),
    variance: perChannel.map(([, variance]) => variance / 255 ** 2)
  }
}

/** What normalises pixels in [0, 1] with these moments. */
export function normalizationOf({ mean, variance }: Moments, epsilon: number): Normalization {
  return { mean, std: variance.map(value => Math.sqrt(value + epsilon)) }
}

/** Normalises floats from 0 to 255 in place: (x / 255 − mean) / std. */
export function normalizeFloats(images: Float32Array, { mean, std }: Normalization): void {
  const channels = mean.length
  for (let c = 0; c < channels; c++) {
    const scale = 1 / (255 * std[c]!)
    const offset = mean[c]! / std[c]!
    for (let i = c; i < images.length; i += channels) images[i] = images[i]! * scale - offset
  }
}

/** Sums of bytes and of their squares are whole numbers, and exact. */
function byteMoments(images: Uint8Array, channel: number, channels: number): readonly [mean: number, variance: number] {
  let sum = 0
  let squares = 0
  for (let i = channel; i < images.length; i += channels) {
    sum += images[i]!
    squares += images[i]! * images[i]!
  }
  const n = images.length / channels
  return [sum / n, (squares - (sum / n) * sum) / n]
}

/** Two passes, in float64. */
function floatMoments(
  images: Float32Array,
  channel: number,
  channels: number
): readonly [mean: number, variance: number] {
  let sum = 0
  for (let i = channel; i < images.length; i += channels) sum += images[i]!
  const n = images.length / channels
  const mean = sum / n
  let squares = 0
  for (let i = channel; i < images.length; i += channels) squares += (images[i]! - mean) ** 2
  return [mean, squares / n]
}
