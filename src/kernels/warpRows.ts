/** Rows of a warped image: quick where all neighbours of a pixel are inside, else by `Blend`, with the same bytes. */
import type { Image } from './step.js'

/** Writes the pixel at a place, wherever that is, to byte `at`. */
export type Blend = (x: number, y: number, at: number) => void

export function nearestRow(
  { data, width, height, channels }: Image,
  xs: Float64Array,
  ys: Float64Array,
  to: Uint8ClampedArray,
  at: number,
  blend: Blend
): void {
  for (let i = 0; i < xs.length; i++, at += channels) {
    const x = Math.floor(xs[i]! + 0.5)
    const y = Math.floor(ys[i]! + 0.5)
    if (x >= 0 && x < width && y >= 0 && y < height) {
      const from = (y * width + x) * channels
      for (let c = 0; c < channels; c++) to[at + c] = data[from + c]!
    } else blend(xs[i]!, ys[i]!, at)
  }
}

/** The weights are those of `Neighbours`. */
export function bicubicRow(
  { data, width, height, channels }: Image,
  xs: Float64Array,
  ys: Float64Array,
  to: Uint8ClampedArray,
  at: number,
  blend: Blend
): void {
  const line = width * channels
  for (let i = 0; i < xs.length; i++, at += channels) {
    const x = xs[i]!
    const y = ys[i]!
    if (x >= 1 && x < width - 2 && y >= 1 && y < height - 2) {
      const left = x | 0
      const top = y | 0
      const s = x - left
      const x0 = ((1 - 0.5 * s) * s - 0.5) * s
      const x1 = (1.5 * s - 2.5) * s * s + 1
      const x2 = ((2 - 1.5 * s) * s + 0.5) * s
      const x3 = (0.5 * s - 0.5) * s * s
      const t = y - top
      const y0 = ((1 - 0.5 * t) * t - 0.5) * t
      const y1 = (1.5 * t - 2.5) * t * t + 1
      const y2 = ((2 - 1.5 * t) * t + 0.5) * t
      const y3 = (0.5 * t - 0.5) * t * t
      for (let c = 0, p = (top - 1) * line + (left - 1) * channels; c < channels; c++, p++) {
        to[at + c] =
          across(data, p, channels, x0, x1, x2, x3) * y0 +
          across(data, p + line, channels, x0, x1, x2, x3) * y1 +
          across(data, p + 2 * line, channels, x0, x1, x2, x3) * y2 +
          across(data, p + 3 * line, channels, x0, x1, x2, x3) * y3
      }
    } else blend(x, y, at)
  }
}

/** Four pixels of a line, weighted. */
function across(data: Uint8Array, p: number, channels: number, x0: number, x1: number, x2: number, x3: number): number {
  return data[p]! * x0 + data[p + channels]! * x1 + data[p + 2 * channels]! * x2 + data[p + 3 * channels]! * x3
}
