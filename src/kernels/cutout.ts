/** Covers random squares of an image. */
import type { Rng } from '../random/rng.js'
import { coverRectangles, drawFill, type Fill, type FillOption, type Rectangle } from './fill.js'
import type { SampleStep } from './step.js'

export interface CutoutStepOptions {
  /** Side of the squares; `'half'` is half the image's shorter side. */
  readonly size: number | 'half'
  readonly count: number
  readonly fill: FillOption
  readonly p: number
  readonly exact: boolean
  readonly inside: boolean
}

export interface CutoutParams {
  /** The squares, clipped to the image. */
  readonly boxes: readonly Rectangle[]
  readonly fill: Fill
}

export const cutoutStep: SampleStep<CutoutStepOptions, CutoutParams> = {
  name: 'cutout',
  inPlace: true,

  draw(rng, { size, count, fill, p, exact, inside }, [height, width, channels], facts) {
    if (!rng.bool(p)) return undefined
    const length = size === 'half' ? Math.floor(Math.min(height, width) / 2) : size
    const half = Math.floor(length / 2)
    const side = exact ? length : 2 * half
    if (side === 0) return undefined
    const boxes: Rectangle[] = []
    for (let i = 0; i < count; i++) {
      const y = inside ? within(rng, height, side) : rng.int(height) - half
      const x = inside ? within(rng, width, side) : rng.int(width) - half
      boxes.push(clip(y, x, side, height, width))
    }
    return { boxes, fill: drawFill('cutout', rng, fill, channels, facts) }
  },

  apply(image, { boxes, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    coverRectangles(out, boxes, fill)
  }
}

/** Where a square begins that lies inside, if it fits at all. */
function within(rng: Rng, length: number, side: number): number {
  return side < length ? rng.int(length - side + 1) : 0
}

function clip(y: number, x: number, side: number, height: number, width: number): Rectangle {
  const top = Math.max(0, y)
  const left = Math.max(0, x)
  return { top, left, height: Math.min(height, y + side) - top, width: Math.min(width, x + side) - left }
}
