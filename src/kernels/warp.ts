/** Resampling of an image at places of anyone's choice: what every step that bends, turns or shears shares. */
import { type Interpolation, Neighbours, type WarpBorder } from './neighbours.js'
import type { Image } from './step.js'
import { type Blend, bicubicRow, bilinearRgbRow, bilinearRow, nearestRow } from './warpRows.js'

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
  const row = { nearest: nearestRow, bilinear: channels === 3 ? bilinearRgbRow : bilinearRow, bicubic: bicubicRow }[
    options.interpolation
  ]
  return (y, xs, ys) => row(image, xs, ys, to, y * line, blend)
}

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
