/** Bends an image by a smooth random displacement field (Simard, Steinkraus, Platt 2003). */
import { type Affine, affineRows, IDENTITY, isIdentity } from './affine.js'
import {
  type AffineDisplacementStepOptions,
  affineDisplacementStep,
  type SamplingStepOptions
} from './affineDisplacement.js'
import { perChannel } from './crop.js'
import { displace, displacedPoint } from './displaced.js'
import { elasticField, type Field, type FieldParams } from './elasticField.js'
import type { BlurBorder } from './gaussian.js'
import type { SampleStep } from './step.js'
import { maskWarp, type RowMap, type WarpOptions, warp } from './warp.js'

export interface ElasticDistortionStepOptions extends SamplingStepOptions {
  /** Pixels that noise of 1 displaces by. */
  readonly alpha: number
  /** Standard deviation of the Gaussian, in pixels. */
  readonly sigma: number
  readonly blurBorder: BlurBorder
  /** Displaces by an affine field as well. */
  readonly affine: AffineDisplacementStepOptions | undefined
  readonly p: number
}

export interface ElasticDistortionParams extends FieldParams, WarpOptions {
  readonly alpha: number
  /** From a pixel of the result to its place in the image, before the field is added. */
  readonly matrix: Affine
}

export const elasticDistortionStep: SampleStep<ElasticDistortionStepOptions, ElasticDistortionParams> = {
  name: 'elasticDistortion',

  draw(rng, { alpha, sigma, blurBorder, affine, interpolation, border, fill, p }, shape, sample) {
    if (!rng.bool(p)) return undefined
    const seed = rng.uint32()
    const drawn = affine && affineDisplacementStep.draw(rng.child('affineDisplacement'), affine, shape, sample, [])
    const matrix = drawn?.matrix ?? IDENTITY
    if (alpha === 0 && isIdentity(matrix)) return undefined
    const fillOf = perChannel('elasticDistortion', fill, shape[2])
    return { seed, alpha, sigma, blurBorder, matrix, interpolation, border, fill: fillOf }
  },

  geometry: {
    point(params, [height, width], x, y) {
      const { dx, dy } = elasticField(params, height, width)
      return displacedPoint(x, y, params.matrix, (px, py) => [
        params.alpha * between(dx, height, width, px - 0.5, py - 0.5),
        params.alpha * between(dy, height, width, px - 0.5, py - 0.5)
      ])
    },
    mask(mask, params, out) {
      const field = elasticField(params, mask.height, mask.width)
      warp(mask, elasticRows(params, field, mask.width), maskWarp(params.border), out)
    }
  },

  apply(image, params, out) {
    const field = elasticField(params, image.height, image.width)
    warp(image, elasticRows(params, field, image.width), params, out)
  }
}

/** Sampling by an affine map to which a field is added. */
export function elasticRows(
  { matrix, alpha }: Pick<ElasticDistortionParams, 'matrix' | 'alpha'>,
  { dx, dy }: Field,
  width: number
): RowMap {
  const affine = affineRows(matrix)
  return (y, xs, ys) => {
    affine(y, xs, ys)
    displace(xs, dx, y * width, alpha)
    displace(ys, dy, y * width, alpha)
  }
}

/** A value of a plane between its places; beyond the border that of the border. */
function between(plane: Float32Array, height: number, width: number, x: number, y: number): number {
  const cx = Math.max(0, Math.min(width - 1, x))
  const cy = Math.max(0, Math.min(height - 1, y))
  const x0 = Math.floor(cx)
  const y0 = Math.floor(cy)
  const x1 = Math.min(width - 1, x0 + 1)
  const y1 = Math.min(height - 1, y0 + 1)
  const [tx, ty] = [cx - x0, cy - y0]
  const top = plane[y0 * width + x0]! * (1 - tx) + plane[y0 * width + x1]! * tx
  const bottom = plane[y1 * width + x0]! * (1 - tx) + plane[y1 * width + x1]! * tx
  return top * (1 - ty) + bottom * ty
}
