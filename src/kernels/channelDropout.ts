/** Drops whole channels of an image. */
import { drawFill, type Fill, type FillOption, inkOf } from './fill.js'
import type { SampleStep } from './step.js'
import { survivors } from './survivors.js'

export interface ChannelDropoutStepOptions {
  readonly rate: number
  readonly keepOne: boolean
  readonly scale: boolean
  readonly fill: FillOption
  readonly p: number
}

export interface ChannelDropoutParams {
  /** The channels that are covered. */
  readonly dropped: readonly number[]
  /** The others are scaled by its inverse. */
  readonly keep: number
  readonly fill: Fill
}

export const channelDropoutStep: SampleStep<ChannelDropoutStepOptions, ChannelDropoutParams> = {
  name: 'channelDropout',
  inPlace: true,

  draw(rng, { rate, keepOne, scale, fill, p }, [, , channels], facts) {
    if (!rng.bool(p) || rate === 0) return undefined
    const dropped = Array.from({ length: channels }, (_, c) => c).filter(() => rng.bool(rate))
    if (keepOne && dropped.length === channels) dropped.splice(rng.int(channels), 1)
    if (dropped.length === 0 && !scale) return undefined
    return { dropped, keep: scale ? 1 - rate : 1, fill: drawFill('channelDropout', rng, fill, channels, facts) }
  },

  apply({ data, channels }, { dropped, keep, fill }, out) {
    const ink = inkOf(fill)
    const kept = survivors(fill, keep)
    for (let c = 0; c < channels; c++) {
      if (dropped.includes(c)) for (let i = c; i < data.length; i += channels) out.data[i] = ink(c)
      else for (let i = c; i < data.length; i += channels) out.data[i] = kept[256 * c + data[i]!]!
    }
  }
}
