/** Reduces an image to the sums that its mean and deviation follow from, as the bytes of an image of one pixel. */
import { ShapeError } from '../errors.js'
import type { SampleStep } from './step.js'

/** Sums over the pixels of an image: whole numbers below 2^53, so they are exact. */
export interface ChannelSums {
  readonly channels: number
  readonly width: number
  readonly height: number
  /** Of the bytes of each channel. */
  readonly sums: readonly number[]
  /** Of their squares. */
  readonly squares: readonly number[]
}

/** An image may have so many channels. */
const MOST = 4

/** Channels, width and height, and two sums a channel, as float64 of eight bytes each. */
const BYTES = 8 * (3 + 2 * MOST)

export const channelStatsStep: SampleStep<object, object> = {
  name: 'channelStats',
  random: false,

  draw(_rng, _options, [, , channels]) {
    if (channels <= MOST) return {}
    throw new ShapeError(`channelStats: an image may have ${MOST} channels, but this one has ${channels}.`)
  },

  outShape: () => [1, 1, BYTES],

  fixedSize: () => [1, 1],

  outChannels: () => BYTES,

  apply({ data, width, height, channels }, _params, out) {
    const numbers = new DataView(out.data.buffer, out.data.byteOffset, BYTES)
    out.data.fill(0)
    numbers.setFloat64(0, channels)
    numbers.setFloat64(8, width)
    numbers.setFloat64(16, height)
    for (let c = 0; c < channels; c++) {
      let sum = 0
      let squares = 0
      for (let i = c; i < data.length; i += channels) {
        const value = data[i]!
        sum += value
        squares += value * value
      }
      numbers.setFloat64(8 * (3 + c), sum)
      numbers.setFloat64(8 * (3 + MOST + c), squares)
    }
  }
}

/** The sums in row `row` of a batch of such images. */
export function readSums(images: Uint8Array, row: number): ChannelSums {
  const numbers = new DataView(images.buffer, images.byteOffset + row * BYTES, BYTES)
  const channels = numbers.getFloat64(0)
  const of = (first: number): number[] =>
    Array.from({ length: channels }, (_, c) => numbers.getFloat64(8 * (3 + first + c)))
  return { channels, width: numbers.getFloat64(8), height: numbers.getFloat64(16), sums: of(0), squares: of(MOST) }
}
