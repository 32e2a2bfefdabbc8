/** Pixels as a person can look at them: 8-bit RGB, whatever the batch holds. */
import type { Batch } from '../batch.js'

/** An 8-bit RGB image in rows, top to bottom, without padding. */
export interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Copies the first `count` images of a batch out of its memory; float pixels are brought back to 0…255. */
export function pictures(batch: Batch, count: number): Picture[] {
  const [n, height, width, channels] = batch.shape
  const size = height * width * channels
  const toByte = byteOf(batch)
  return Array.from({ length: Math.min(n, count) }, (_, i) => {
    const values = batch.images.subarray(i * size, (i + 1) * size)
    return { data: toRgb(values, channels, toByte), width, height }
  })
}

/** How a value of a channel becomes a byte (`Uint8ClampedArray` rounds and clamps it). */
type ToByte = (value: number, channel: number) => number

function byteOf({ images, normalized }: Batch): ToByte {
  if (images instanceof Uint8Array) return value => value
  if (normalized !== undefined) {
    const { mean, std } = normalized
    return (value, channel) => (value * at(std, channel) + at(mean, channel)) * 255
  }
  // Nobody says what these floats mean: stretch them, so that something can be seen.
  const { low, high } = extent(images)
  const factor = high > low ? 255 / (high - low) : 0
  return value => (value - low) * factor
}

/** One number may stand for all channels. */
function at(values: readonly number[], channel: number): number {
  return values[channel] ?? values[0] ?? 0
}

function extent(values: Float32Array): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** One or two channels are grey, three or more are RGB; the second or fourth is alpha, over white. */
function toRgb(values: Uint8Array | Float32Array, channels: number, toByte: ToByte): Uint8Array {
  const pixels = values.length / channels
  const rgb = new Uint8ClampedArray(pixels * 3)
  const grey = channels < 3
  const alphaChannel = channels === 2 || channels === 4 ? channels - 1 : undefined
  for (let i = 0; i < pixels; i++) {
    const alpha = alphaChannel === undefined ? 1 : toByte(values[i * channels + alphaChannel]!, alphaChannel) / 255
    for (let c = 0; c < 3; c++) {
      const channel = grey ? 0 : c
      const value = toByte(values[i * channels + channel]!, channel)
      rgb[i * 3 + c] = alpha === 1 ? value : value * alpha + 255 * (1 - alpha)
    }
  }
  return new Uint8Array(rgb.buffer)
}
