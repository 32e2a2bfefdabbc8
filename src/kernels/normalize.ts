/** From bytes to normalised `float32`: a factor and an offset for each channel, in float32 arithmetic. */
import type { Normalization } from '../batch.js'
import { ShapeError } from '../errors.js'
import type { BatchKernels } from './wasm/module.js'

/** A byte v of channel c becomes v · scale[c] + offset[c], each step rounded to float32. */
export interface Scaling {
  readonly channels: number
  /** One number a channel, again and again up to `PERIOD` of them where that is possible; the offsets as well. */
  readonly scale: Float32Array
  readonly offset: Float32Array
}

/** Values after which kernels in WebAssembly begin with the first channel again: a multiple of 1, 2, 3, 4 and 6. */
export const PERIOD = 12

/** Mean and standard deviation of ImageNet's channels in [0, 1], as used by nearly every published recipe. */
export const imageNet: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/**
 * What makes (v / 255 − mean) / std of a byte; without a normalisation bytes stay the numbers that they are.
 *
 * One number for `mean` or `std` counts for every channel; as many as an image has are repeated for images that are
 * stacked in the channels.
 *
 * @throws ShapeError where there are neither one nor `channels` numbers, nor as many as divide `channels`
 */
export function scalingOf(normalization: Normalization | undefined, channels: number): Scaling {
  const length = PERIOD % channels === 0 ? PERIOD : channels
  const scale = new Float32Array(length).fill(1)
  const offset = new Float32Array(length)
  if (normalization === undefined) return { channels, scale, offset }
  const { mean, std } = normalization
  for (let i = 0; i < length; i++) {
    const center = ofChannel('mean', mean, i % channels, channels)
    const deviation = ofChannel('std', std, i % channels, channels)
    scale[i] = 1 / (255 * deviation)
    offset[i] = -center / deviation
  }
  return { channels, scale, offset }
}

/**
 * Normalises every byte.
 *
 * @param bytes pixels of `scaling.channels` bytes each
 * @param out as long as `bytes`
 * @param wasm kernels that reach all arrays where they are; the bits are the same without
 */
export function normalizeInto(bytes: Uint8Array, out: Float32Array, scaling: Scaling, wasm?: BatchKernels): void {
  const { channels, scale, offset } = scaling
  if (wasm !== undefined && scale.length === PERIOD) {
    wasm.normalize(bytes.byteOffset, out.byteOffset, bytes.length, scale.byteOffset, offset.byteOffset)
  } else if (channels === 3) normalizeRgb(bytes, out, scaling)
  else for (let c = 0; c < channels; c++) normalizeChannel(bytes, out, c, scaling)
}

function normalizeRgb(bytes: Uint8Array, out: Float32Array, { scale, offset }: Scaling): void {
  const [red, green, blue] = scale as unknown as [number, number, number]
  const [redOffset, greenOffset, blueOffset] = offset as unknown as [number, number, number]
  for (let i = 0; i + 2 < bytes.length; i += 3) {
    out[i] = Math.fround(bytes[i]! * red) + redOffset
    out[i + 1] = Math.fround(bytes[i + 1]! * green) + greenOffset
    out[i + 2] = Math.fround(bytes[i + 2]! * blue) + blueOffset
  }
}

function normalizeChannel(bytes: Uint8Array, out: Float32Array, channel: number, scaling: Scaling): void {
  const factor = scaling.scale[channel]!
  const offset = scaling.offset[channel]!
  for (let i = channel; i < bytes.length; i += scaling.channels) out[i] = Math.fround(bytes[i]! * factor) + offset
}

function ofChannel(name: string, numbers: readonly number[], channel: number, channels: number): number {
  if (numbers.length === 1) return numbers[0]!
  if (channels % numbers.length === 0) return numbers[channel % numbers.length]!
  throw new ShapeError(
    `normalize: the images have ${channels} channels, but \`${name}\` has ${numbers.length} numbers. Give one number for all channels, or one for each.`
  )
}
