/** Resampling of an image at places of anyone's choice: what every step that bends, turns or shears shares. */
import { type Interpolation, Neighbours, type WarpBorder } from './neighbours.js'
import type { Image } from './step.js'

export type { Interpolation, WarpBorder } from './neighbours.js'

/**
 * Fills in where the pixels of row `y` of the result come from, in index coordinates of the image: the centre of its
 * first pixel is 0, 0. Both arrays are as long as the result is wide, and hold what the last call left there.
 */
export type RowMap = (y: number, xs: Float64Array, ys: Float64Array) => void

export interface WarpOptions {
  readonly interpolation: Interpolation
  readonly border: WarpBorder
  /** One byte a channel, for the border `'constant'` and for places that are no numbers. */
  readonly fill: readonly number[]
}

/** Options of a mask: no class is blended, and none stands beyond the border where the image has its fill there. */
export function maskWarp(border: WarpBorder): WarpOptions {
  return { interpolation: 'nearest', border, fill: [0] }
}

// Places of a row, of this thread, grown to the widest result seen.
let places = new Float64Array(0)

/**
 * Makes each pixel of `out` from the pixels of `image` around the place that `map` gives (backward sampling).
 *
 * `'bilinear'` is the mean of 2×2 pixels; `'bicubic'` that of 4×4 by Keys 1981 with a = −1/2 (Catmull–Rom), as in
 * Pillow's `resize`; `'nearest'` takes the pixel whose square holds the place, of two the right or the lower one.
 * At the centre of a pixel all three give exactly that pixel. Neighbours beyond the border are what `border` says, so
 * that `'constant'` fades into the fill. Means are rounded half to even.
 * Nothing is antialiased: shrink with `resample`. `image` and `out` may not share memory.
 */
export function warp(image: Image, map: RowMap, options: WarpOptions, out: Image): void {
  const { width, height } = out
  if (places.length < 2 * width) places = new Float64Array(2 * width)
  const xs = places.subarray(0, width)
  const ys = places.subarray(width, 2 * width)
  const row = rowSampler(image, options, out)
  for (let y = 0; y < height; y++) {
    map(y, xs, ys)
    row(y, xs, ys)
  }
}

type RowSampler = (y: number, xs: Float64Array, ys: Float64Array) => void

function rowSampler(image: Image, options: WarpOptions, { data, width, channels }: Image): RowSampler {
  // An array of this type rounds half to even and keeps what is written within a byte.
  const to = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
  const blend = blender(image, options, to)
  const line = width * channels
  if (options.interpolation === 'nearest') return (y, xs, ys) => nearestRow(image, xs, ys, to, y * line, blend)
  if (options.interpolation === 'bilinear' && channels === 3) {
    return (y, xs, ys) => bilinearRgbRow(image, xs, ys, to, y * line, blend)
  }
  return (y, xs, ys) => {
    for (let x = 0, at = y * line; x < width; x++, at += channels) blend(xs[x]!, ys[x]!, at)
  }
}

/** Writes the pixel at a place, wherever that is, to byte `at`. */
type Blend = (x: number, y: number, at: number) => void

function blender({ data, width, height, channels }: Image, options: WarpOptions, to: Uint8ClampedArray): Blend {
  const { interpolation, border, fill } = options
  const across = new Neighbours(interpolation, border)
  const down = new Neighbours(interpolation, border)
  const { count } = across
  return (x, y, at) => {
    across.find(x, width)
    down.find(y, height)
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let j = 0; j < count; j++) {
        const row = down.index[j]!
        let part = 0
        for (let i = 0; i < count; i++) {
          const column = across.index[i]!
          const value = row < 0 || column < 0 ? fill[c]! : data[(row * width + column) * channels + c]!
          part += value * across.weight[i]!
        }
        sum += part * down.weight[j]!
      }
      to[at + c] = sum
    }
  }
}

function nearestRow(
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

/** The common case, without a loop where all four neighbours are inside. It rounds as `Blend` does. */
function bilinearRgbRow(
  { data, width, height }: Image,
  xs: Float64Array,
  ys: Float64Array,
  to: Uint8ClampedArray,
  at: number,
  blend: Blend
): void {
  const line = 3 * width
  for (let i = 0; i < xs.length; i++, at += 3) {
    const x = xs[i]!
    const y = ys[i]!
    if (x >= 0 && x < width - 1 && y >= 0 && y < height - 1) {
      const left = x | 0
      const top = y | 0
      const p = top * line + 3 * left
      const q = p + line
      const r = x - left
      const l = 1 - r
      const b = y - top
      const t = 1 - b
      to[at] = (data[p]! * l + data[p + 3]! * r) * t + (data[q]! * l + data[q + 3]! * r) * b
      to[at + 1] = (data[p + 1]! * l + data[p + 4]! * r) * t + (data[q + 1]! * l + data[q + 4]! * r) * b
      to[at + 2] = (data[p + 2]! * l + data[p + 5]! * r) * t + (data[q + 2]! * l + data[q + 5]! * r) * b
    } else blend(x, y, at)
  }
}
