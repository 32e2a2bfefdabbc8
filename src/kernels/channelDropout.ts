/** Drops whole channels of an image. */
import { drawFill, type Fill, type FillOption, Ink } from './fill.js'
import type { SampleStep } from './step.js'
import { scaleBytes, survivors } from './survivors.js'

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

  apply(image, { dropped, keep, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    if (keep < 1) scaleBytes(out, survivors(fill, keep))
    const { data, channels } = out
    const ink = new Ink(fill)
    for (const c of dropped) for (let i = c; i < data.length; i += channels) data[i] = ink.next(c)
  }
}
