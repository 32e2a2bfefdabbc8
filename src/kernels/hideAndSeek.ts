/** Divides an image into patches, and covers each by a coin of its own. */
import { coverRectangles, drawFill, type Fill, type FillOption } from './fill.js'
import type { SampleStep } from './step.js'

export interface HideAndSeekStepOptions {
  /** Sides of the patches in pixels, one of which is drawn; 0 hides nothing. `'quarter'` is that of the shorter side. */
  readonly size: 'quarter' | readonly number[]
  readonly rate: number
  readonly fill: FillOption
  readonly p: number
}

export interface HideAndSeekParams {
  readonly size: number
  /** The patches that are covered, counted row by row. */
  readonly hidden: readonly number[]
  readonly fill: Fill
}

export const hideAndSeekStep: SampleStep<HideAndSeekStepOptions, HideAndSeekParams> = {
  name: 'hideAndSeek',
  inPlace: true,

  draw(rng, { size: sizes, rate, fill, p }, [height, width, channels], facts) {
    if (!rng.bool(p)) return undefined
    const quarter = Math.ceil(Math.min(height, width) / 4)
    const size = sizes === 'quarter' ? quarter : sizes[rng.int(sizes.length)]!
    if (size === 0) return undefined
    const patches = Math.ceil(height / size) * Math.ceil(width / size)
    const hidden: number[] = []
    for (let i = 0; i < patches; i++) if (rng.bool(rate)) hidden.push(i)
    if (hidden.length === 0) return undefined
    return { size, hidden, fill: drawFill('hideAndSeek', rng, fill, channels, facts) }
  },

  apply(image, { size, hidden, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    const { width, height } = out
    const columns = Math.ceil(width / size)
    const patches = hidden.map(i => {
      const top = size * Math.floor(i / columns)
      const left = size * (i % columns)
      return { top, left, height: Math.min(size, height - top), width: Math.min(size, width - left) }
    })
    coverRectangles(out, patches, fill)
  }
}
