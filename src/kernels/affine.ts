/** Affine maps of the plane, and what the steps that sample by one have in common. */
import { sinCos } from './angle.js'
import type { Geometry, Image } from './step.js'
import { maskWarp, type RowMap, type WarpOptions, warp } from './warp.js'
import { wasmKernels } from './wasm/module.js'

/**
 * The map x' = ax + by + c, y' = dx + ey + f as [a, b, c, d, e, f], in pixels from the top left corner: the centre of
 * the first pixel is 0.5, 0.5. Steps sample by it backward, from a pixel of the result to its place in the image.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** A motion of an image's content about a point. */
export interface Motion {
  /** Degrees, counter-clockwise. */
  readonly rotate: number
  /** Pixels to the right and down. */
  readonly translate: readonly [x: number, y: number]
  /** Above 1 enlarges. */
  readonly scale: number
  /** Degrees: rows move to the left by tan(x) a row below the centre, columns up by tan(y) a column right of it. */
  readonly shear: readonly [x: number, y: number]
  /** Stays where it is, but for the translation; in pixels from the top left corner. */
  readonly center: readonly [x: number, y: number]
}

/** Parameters of a step that samples by an affine map. Plain data. */
export interface AffineParams extends WarpOptions {
  /** From a pixel of the result to its place in the image. */
  readonly matrix: Affine
}

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0]

/**
 * The backward map of a motion: sheared along x, then along y, scaled, rotated and translated, in this order. As the
 * inverse that torchvision's `affine` samples by, but for the sign of its angle.
 */
export function backwardAffine({ rotate, translate, scale, shear, center }: Motion): Affine {
  const [sin, cos] = sinCos(rotate)
  const x = tangent(shear[0])
  const y = tangent(shear[1])
  const a = ((1 + x * y) * cos + x * sin) / scale
  const b = (x * cos - (1 + x * y) * sin) / scale
  const d = (y * cos + sin) / scale
  const e = (cos - y * sin) / scale
  const left = center[0] + translate[0]
  const top = center[1] + translate[1]
  return positive([a, b, center[0] - (a * left + b * top), d, e, center[1] - (d * left + e * top)])
}

/** One map after another. Of backward maps `first` is the one of the step that comes last. */
export function composeAffine(first: Affine, second: Affine): Affine {
  const [a, b, c, d, e, f] = second
  const [p, q, r, s, t, u] = first
  return positive([a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f])
}

/** The map that leads back. The determinant may not be 0. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const det = a * e - b * d
  return positive([e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det])
}

export function isIdentity(matrix: Affine): boolean {
  return matrix.every((value, i) => value === IDENTITY[i])
}

/** Sampling by an affine map. */
export function affineRows([a, b, c, d, e, f]: Affine): RowMap {
  // From centres of pixels to centres of pixels.
  const left = c + (a + b - 1) / 2
  const top = f + (d + e - 1) / 2
  const wasm = wasmKernels()
  return (y, xs, ys) => {
    const x0 = b * y + left
    const y0 = e * y + top
    if (wasm?.holds(xs) === true) wasm.run.affinePlaces(xs.byteOffset, ys.byteOffset, xs.length, a, x0, d, y0)
    else
      for (let x = 0; x < xs.length; x++) {
        xs[x] = a * x + x0
        ys[x] = d * x + y0
      }
  }
}

export function applyAffine(image: Image, params: AffineParams, out: Image): void {
  warp(image, affineRows(params.matrix), params, out)
}

export const affineGeometry: Geometry<AffineParams> = {
  point({ matrix }, _shape, x, y) {
    const [a, b, c, d, e, f] = invertAffine(matrix)
    return [a * x + b * y + c, d * x + e * y + f]
  },
  mask(mask, { matrix, border }, out) {
    warp(mask, affineRows(matrix), maskWarp(border), out)
  }
}

function tangent(degrees: number): number {
  const [sin, cos] = sinCos(degrees)
  return sin / cos
}

/** Without negative zeros, which JSON does not know. */
function positive([a, b, c, d, e, f]: Affine): Affine {
  return [a + 0, b + 0, c + 0, d + 0, e + 0, f + 0]
}
