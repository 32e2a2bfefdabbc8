/** Sampling of images by cubic B-splines, sharper than by 2×2 pixels. */
import { splineCoefficients, splineIndex, splineWeights } from './spline.js'
import type { Image } from './step.js'
import type { RowMap } from './warp.js'

/** What stands beyond the border: a colour, the last pixels again, or the image mirrored. */
export type SplineBorder = 'constant' | 'edge' | 'reflect'

// Scratch memory of this thread, grown to the largest image seen.
let spline = new Float64Array(0)
let places = new Float64Array(0)
const across = new Float64Array(4)
const down = new Float64Array(4)

/**
 * Makes each pixel of `out` from the spline through the pixels of `image`, at the place that `map` gives. Places beyond
 * the outermost pixels' centres show the fill, where the border is `'constant'`. Rounded half to even.
 */
export function warpSpline(image: Image, map: RowMap, border: SplineBorder, fill: readonly number[], out: Image): void {
  const { width, height, channels } = image
  prepare(image)
  if (places.length < 2 * out.width) places = new Float64Array(2 * out.width)
  const xs = places.subarray(0, out.width)
  const ys = places.subarray(out.width, 2 * out.width)
  // An array of this type rounds half to even and keeps what is written within a byte.
  const to = new Uint8ClampedArray(out.data.buffer, out.data.byteOffset, out.data.length)
  for (let y = 0, at = 0; y < out.height; y++) {
    map(y, xs, ys)
    for (let x = 0; x < out.width; x++, at += channels) {
      let [px, py] = [xs[x]!, ys[x]!]
      const outside = !(px >= 0 && px <= width - 1 && py >= 0 && py <= height - 1)
      if (outside && (border === 'constant' || Number.isNaN(px + py))) {
        for (let c = 0; c < channels; c++) to[at + c] = fill[c]!
        continue
      }
      if (outside && border === 'edge') {
        px = Math.max(0, Math.min(width - 1, px))
        py = Math.max(0, Math.min(height - 1, py))
      }
      sample(px, py, width, height, channels, to, at)
    }
  }
}

function prepare({ data, width, height, channels }: Image): void {
  if (spline.length < data.length) spline = new Float64Array(data.length)
  spline.set(data)
  const line = width * channels
  for (let i = 0; i < line; i++) splineCoefficients(spline, i, height, line)
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < channels; c++) splineCoefficients(spline, y * line + c, width, channels)
  }
}

function sample(
  x: number,
  y: number,
  width: number,
  height: number,
  channels: number,
  to: Uint8ClampedArray,
  at: number
): void {
  const column = splineWeights(x, across)
  const row = splineWeights(y, down)
  for (let c = 0; c < channels; c++) {
    let sum = 0
    for (let j = 0; j < 4; j++) {
      const line = splineIndex(row + j, height) * width
      let part = 0
      for (let i = 0; i < 4; i++) part += across[i]! * spline[(line + splineIndex(column + i, width)) * channels + c]!
      sum += down[j]! * part
    }
    to[at + c] = sum
  }
}
