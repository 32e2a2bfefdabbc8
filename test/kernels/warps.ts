/** What torchvision, SciPy and Pillow give for turned and projected images; made by scripts/fixtures/warps.py. */
import { readFileSync } from 'node:fs'
import type { Quad } from '#dist/kernels/projection.js'
import type { Image } from '#dist/kernels/step.js'
import { type Interpolation, type RowMap, type WarpBorder, warp } from '#dist/kernels/warp.js'
import { unpack } from './fixtures.js'
import { blank, shapeOf } from './support.js'

type Packed = Parameters<typeof unpack>[0]

interface Results {
  readonly source: string
  readonly nearest: Packed
  readonly bilinear: Packed
}

interface Warps {
  readonly fill: number
  readonly sources: Record<string, Packed>
  /** Degrees, clockwise. */
  readonly affine: readonly (Results & {
    readonly angle: number
    readonly translate: readonly [number, number]
    readonly scale: number
    readonly shear: readonly [number, number]
    readonly center: readonly [number, number] | null
  })[]
  /** Degrees, counter-clockwise. */
  readonly rotate: readonly (Results & { readonly angle: number; readonly center: readonly [number, number] | null })[]
  readonly perspective: readonly (Results & { readonly corners: Quad })[]
  readonly places: readonly {
    readonly border: WarpBorder
    readonly interpolation: Interpolation
    readonly xs: readonly number[]
    readonly ys: readonly number[]
    readonly values: readonly number[]
  }[]
  readonly cubic: Packed
}

export const warps: Warps = JSON.parse(readFileSync(new URL('../fixtures/warps.json', import.meta.url), 'utf8'))

export function warpSource(name: string): Image {
  return unpack(warps.sources[name]!)
}

/** Samples an image by a map into an image of the same size, unless told otherwise. */
export function warped(
  image: Image,
  map: RowMap,
  interpolation: Interpolation = 'bilinear',
  border: WarpBorder = 'constant',
  fill = 0,
  shape = shapeOf(image)
): Image {
  const out = blank(shape, 0xaa)
  warp(image, map, { interpolation, border, fill: new Array(image.channels).fill(fill) }, out)
  return out
}

/**
 * How a map's results differ from those of torchvision: the largest difference of bilinear values, and how many pixels
 * show another one where the nearest is not in doubt.
 */
export function differences(map: RowMap, results: Results): { bilinear: number; nearest: number } {
  const image = warpSource(results.source)
  const smooth = warped(image, map, 'bilinear')
  const expected = unpack(results.bilinear)
  const bilinear = Math.max(...smooth.data.map((byte, i) => Math.abs(byte - expected.data[i]!)))
  const sharp = warped(image, map, 'nearest', 'constant', warps.fill)
  const other = unpack(results.nearest)
  const [xs, ys] = [new Float64Array(image.width), new Float64Array(image.width)]
  let nearest = 0
  for (let y = 0, at = 0; y < image.height; y++) {
    map(y, xs, ys)
    for (let x = 0; x < image.width; x++, at += image.channels) {
      if (inDoubt(xs[x]!) || inDoubt(ys[x]!)) continue
      for (let c = 0; c < image.channels; c++) if (sharp.data[at + c] !== other.data[at + c]) nearest++
    }
  }
  return { bilinear, nearest }
}

/** Whether a place is as near to one pixel as to the next; torchvision computes in float32. */
function inDoubt(place: number): boolean {
  return Math.abs(place - Math.floor(place) - 0.5) < 1e-4
}
