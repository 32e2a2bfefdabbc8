/** Large photos that end small: how far a decoder shrinks them on the way. */
import type { Part } from '../kernels/step.js'
import type { ImageSize, Wanted } from './codec.js'

/** The part that is wanted stays so many times as large as its result: the last scaling decides how sharp that is. */
const MARGIN = 1.4

/**
 * 8 or 4 where the wanted part of the image is so much larger than what it is scaled to that shrinking is faster than
 * decoding all of the image and scaling that part; else 1. libjpeg shrinks blocks of 8 × 8 pixels before it transforms
 * them; by 2 it would save nothing, and by 4 only where most of the image is wanted.
 */
export function shrinkOf(size: ImageSize | undefined, wanted: Wanted | undefined): 1 | 4 | 8 {
  if (size === undefined || wanted === undefined) return 1
  const { region } = wanted
  const times = Math.min(region.width / wanted.width, region.height / wanted.height)
  if (times >= 8 * MARGIN) return 8
  const share = (region.width * region.height) / (size.width * size.height)
  return times >= 4 * MARGIN && share >= 0.5 ? 4 : 1
}

/** Where a part of an image of one size lies in the same image at another. */
export function movedTo({ left, top, width, height }: Part, from: ImageSize, to: ImageSize): Part {
  const [x, y] = [to.width / from.width, to.height / from.height]
  return { left: left * x, top: top * y, width: width * x, height: height * y }
}
