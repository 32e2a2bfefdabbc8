/** From bytes to normalised `float32`, by a table of 256 values for each channel. */
import type { Normalization } from '../batch.js'
import { ShapeError } from '../errors.js'

/** What each of the 256 bytes becomes, channel after channel. */
export interface Lut {
  readonly channels: number
  /** 256 × channels. */
  readonly values: Float32Array
}

/** Mean and standard deviation of ImageNet's channels in [0, 1], as used by nearly every published recipe. */
export const imageNet: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/**
 * The table of (v / 255 − mean) / std, computed in float64 and rounded once.
 *
 * One number for `mean` or `std` counts for every channel; as many as an image has are repeated for images that are
 * stacked in the channels.
 *
 * @throws ShapeError where there are neither one nor `channels` numbers, nor as many as divide `channels`
 */
export function normalizeLut({ mean, std }: Normalization, channels: number): Lut {
  const values = new Float32Array(256 * channels)
  for (let c = 0; c < channels; c++) {
    const center = ofChannel('mean', mean, c, channels)
    const scale = ofChannel('std', std, c, channels)
    for (let v = 0; v < 256; v++) values[256 * c + v] = (v / 255 - center) / scale
  }
  return { channels, values }
}

/** The table that leaves bytes as they are: 0 to 255. */
export function identityLut(channels: number): Lut {
  return { channels, values: Float32Array.from({ length: 256 * channels }, (_, i) => i % 256) }
}

/**
 * Writes the table's value for every byte.
 *
 * @param bytes pixels of `lut.channels` bytes each
 * @param out as long as `bytes`
 */
export function normalizeInto(bytes: Uint8Array, out: Float32Array, { channels, values }: Lut): void {
  if (channels === 3) normalizeRgb(bytes, out, values)
  else for (let c = 0; c < channels; c++) normalizeChannel(bytes, out, c, channels, values)
}

function normalizeRgb(bytes: Uint8Array, out: Float32Array, values: Float32Array): void {
  for (let i = 0; i + 2 < bytes.length; i += 3) {
    out[i] = values[bytes[i]!]!
    out[i + 1] = values[bytes[i + 1]! + 256]!
    out[i + 2] = values[bytes[i + 2]! + 512]!
  }
}

function normalizeChannel(
  bytes: Uint8Array,
  out: Float32Array,
  channel: number,
  channels: number,
  values: Float32Array
): void {
  const table = 256 * channel
  for (let i = channel; i < bytes.length; i += channels) out[i] = values[bytes[i]! + table]!
}

function ofChannel(name: string, numbers: readonly number[], channel: number, channels: number): number {
  if (numbers.length === 1) return numbers[0]!
  if (channels % numbers.length === 0) return numbers[channel % numbers.length]!
  throw new ShapeError(
    `normalize: the images have ${channels} channels, but \`${name}\` has ${numbers.length} numbers. Give one number for all channels, or one for each.`
  )
}
