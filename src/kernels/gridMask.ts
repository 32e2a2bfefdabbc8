/** Covers the squares of a regular grid. */
import { sinCos } from './angle.js'
import { coverPixel, drawFill, type Fill, type FillOption, Ink } from './fill.js'
import type { SampleStep } from './step.js'

export interface GridMaskStepOptions {
  /** Smallest and largest unit of the grid in pixels; `'side'` is 3/7 to all of the image's shorter side. */
  readonly unit: 'side' | readonly [low: number, high: number]
  /** Share of a unit's side that stays. */
  readonly ratio: number
  /** Largest angle in degrees. */
  readonly rotate: number
  readonly fill: FillOption
  readonly p: number
  /** Epochs over which the probability grows from 0 to `p`. */
  readonly rampEpochs: number
}

export interface GridMaskParams {
  readonly unit: number
  /** Side of the squares that are covered. */
  readonly side: number
  readonly left: number
  readonly top: number
  /** Of the angle. */
  readonly cos: number
  readonly sin: number
  readonly fill: Fill
}

export const gridMaskStep: SampleStep<GridMaskStepOptions, GridMaskParams> = {
  name: 'gridMask',
  inPlace: true,

  draw(rng, { unit: units, ratio, rotate, fill, p, rampEpochs }, [height, width, channels], facts) {
    if (!rng.bool(p * Math.min(1, rampEpochs === 0 ? 1 : facts.epoch / rampEpochs))) return undefined
    const shorter = Math.min(height, width)
    const [low, high] = units === 'side' ? [Math.max(1, Math.round((3 / 7) * shorter)), shorter] : units
    const unit = low + rng.int(high - low + 1)
    const side = unit - Math.floor(unit * ratio + 0.5)
    if (side === 0) return undefined
    const left = rng.int(unit)
    const top = rng.int(unit)
    const [sin, cos] = sinCos(rng.uniform(0, rotate))
    const covering = drawFill('gridMask', rng, fill, channels, facts)
    return { unit, side, left, top, cos, sin, fill: covering }
  },

  apply(image, { unit, side, left, top, cos, sin, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    const { width, height, channels } = out
    const ink = new Ink(fill)
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += channels) {
        if (within(left + cos * x - sin * y, unit) >= side) continue
        if (within(top + sin * x + cos * y, unit) < side) coverPixel(out, at, ink)
      }
    }
  }
}

/** Which of the whole numbers below `unit` a coordinate falls on. */
function within(coordinate: number, unit: number): number {
  const whole = Math.floor(coordinate)
  return whole - unit * Math.floor(whole / unit)
}
