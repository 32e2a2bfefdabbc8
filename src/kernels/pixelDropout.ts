/** Drops pixels, or the values of single channels, each by a coin of its own. */
import { coins } from '../random/coins.js'
import { Rng, rngKey } from '../random/rng.js'
import { drawFill, type Fill, type FillOption, inkOf } from './fill.js'
import type { SampleStep } from './step.js'
import { survivors } from './survivors.js'

export interface PixelDropoutStepOptions {
  readonly rate: number
  readonly perChannel: boolean
  readonly scale: boolean
  readonly fill: FillOption
  readonly p: number
}

export interface PixelDropoutParams {
  /** Of the coins. */
  readonly seed: number
  readonly rate: number
  readonly perChannel: boolean
  readonly scale: boolean
  readonly fill: Fill
}

export const pixelDropoutStep: SampleStep<PixelDropoutStepOptions, PixelDropoutParams> = {
  name: 'pixelDropout',
  inPlace: true,

  draw(rng, { rate, perChannel, scale, fill, p }, [, , channels], facts) {
    if (!rng.bool(p) || rate === 0) return undefined
    const seed = rng.uint32()
    return { seed, rate, perChannel, scale, fill: drawFill('pixelDropout', rng, fill, channels, facts) }
  },

  apply({ data, channels }, { seed, rate, perChannel, scale, fill }, out) {
    const group = perChannel ? 1 : channels
    const kept = scale ? survivors(fill, 1 - rate) : undefined
    const ink = inkOf(fill)
    rng.reset(coinKey, seed, 0)
    let channel = 0
    for (let from = 0; from < data.length; from += group * dropped.length) {
      coins(rng, rate, dropped)
      const end = Math.min(data.length, from + group * dropped.length)
      for (let at = from, i = 0; at < end; i++) {
        const covered = dropped[i] === 1
        for (let k = 0; k < group; k++, at++) {
          const value = data[at]!
          out.data[at] = covered ? ink(channel) : kept === undefined ? value : kept[256 * channel + value]!
          if (++channel === channels) channel = 0
        }
      }
    }
  }
}

const rng = new Rng()
const coinKey = rngKey(0, 'pixelDropout', 'coins', 0)
/** The coins of so many pixels or values at a time. */
const dropped = new Uint8Array(2048)
