/** Drops pixels, or the values of single channels, each by a coin of its own. */
import { coins } from '../random/coins.js'
import { Rng, rngKey } from '../random/rng.js'
import { coverPixel, drawFill, type Fill, type FillOption, Ink } from './fill.js'
import type { SampleStep } from './step.js'
import { scaleBytes, survivors } from './survivors.js'

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

  apply(image, { seed, rate, perChannel, scale, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    if (scale) scaleBytes(out, survivors(fill, 1 - rate))
    const { data, channels } = out
    const ink = new Ink(fill)
    const step = perChannel ? 1 : channels
    rng.reset(coinKey, seed, 0)
    for (let at = 0, i = dropped.length; at < data.length; at += step, i++) {
      if (i === dropped.length) {
        coins(rng, rate, dropped)
        i = 0
      }
      if (dropped[i] === 0) continue
      if (perChannel) data[at] = ink.next(at % channels)
      else coverPixel(out, at, ink)
    }
  }
}

const rng = new Rng()
const coinKey = rngKey(0, 'pixelDropout', 'coins', 0)
/** The coins of so many pixels or values at a time. */
const dropped = new Uint8Array(2048)
