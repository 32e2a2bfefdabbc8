/** Resampling of an image at places of anyone's choice: what every step that bends, turns or shears shares. */
import { BilinearRows } from './bilinear.js'
import { Region } from './memory.js'
import { type Interpolation, Neighbours, type WarpBorder } from './neighbours.js'
import type { Image } from './step.js'
import { type Blend, bicubicRow, nearestRow } from './warpRows.js'
import { bilinearWasm } from './wasm/bilinear.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

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

// Places of a row, of this thread.
const region = new Region()

/**
 * Makes each pixel of `out` from the pixels of `image` around the place that `map` gives (backward sampling).
 *
 * `'bilinear'` is the mean of 2×2 pixels; `'bicubic'` that of 4×4 by Keys 1981 with a = −1/2 (Catmull–Rom), as in
 * Pillow's `resize`; `'nearest'` takes the pixel whose square holds the place, of two the right or the lower one.
 * At the centre of a pixel all three give exactly that pixel. Neighbours beyond the border are what `border` says, so
 * that `'constant'` fades into the fill. Means are rounded half to even; those of bilinear sampling have weights of 14
 * bits, which is 0.02 grey levels at most from real numbers.
 * Nothing is antialiased: shrink with `resample`. `image` and `out` may not share memory.
 */
export function warp(image: Image, map: RowMap, options: WarpOptions, out: Image): void {
  warpBy(wasmKernels(), image, map, options, out)
}

/** The same by the given kernels, or without any; the bytes are the same. */
export function warpBy(
  wasm: WasmKernels | undefined,
  image: Image,
  map: RowMap,
  options: WarpOptions,
  out: Image
): void {
  const { width, height, channels, data } = out
  const bytes = 8 * (width + 1) // kernels may write one more
  const { buffer, byteOffset } = region.take(2 * bytes)
  const xs = new Float64Array(buffer, byteOffset, width)
  const ys = new Float64Array(buffer, byteOffset + bytes, width)
  const { interpolation, border, fill } = options
  if (wasm !== undefined && interpolation === 'bilinear' && channels <= 4) {
    bilinearWasm(wasm, image, map, border, fill, out, xs, ys)
    return
  }
  const row = rowSampler(image, options, data)
  for (let y = 0; y < height; y++) {
    map(y, xs, ys)
    row(xs, ys, y * width * channels)
  }
}

type RowSampler = (xs: Float64Array, ys: Float64Array, at: number) => void

function rowSampler(image: Image, { interpolation, border, fill }: WarpOptions, data: Uint8Array): RowSampler {
  if (interpolation === 'bilinear') {
    const rows = new BilinearRows(image, border, fill)
    return (xs, ys, at) => rows.sample(xs, ys, data, at)
  }
  // An array of this type rounds half to even and keeps what is written within a byte.
  const to = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
  const blend = blender(image, { interpolation, border, fill }, to)
  const row = interpolation === 'nearest' ? nearestRow : bicubicRow
  return (xs, ys, at) => row(image, xs, ys, to, at, blend)
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
