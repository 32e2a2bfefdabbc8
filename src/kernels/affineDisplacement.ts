/** Moves each pixel by an affine function of its place: rotation, translation, scaling, shear. */
import type { Rng } from '../random/rng.js'
import { type Affine, type AffineParams, affineGeometry, applyAffine, backwardAffine, isIdentity } from './affine.js'
import { perChannel } from './crop.js'
import type { SampleStep, Shape } from './step.js'
import type { Interpolation, WarpBorder } from './warp.js'

type Range = readonly [low: number, high: number]

/** How places between pixels and beyond the border are shown. */
export interface SamplingStepOptions {
  readonly interpolation: Interpolation
  readonly border: WarpBorder
  readonly fill: number | readonly number[]
}

export interface AffineDisplacementStepOptions extends SamplingStepOptions {
  /** Degrees, counter-clockwise. */
  readonly rotate: Range
  /** As a share of the image's width and height. */
  readonly translate: { readonly x: Range; readonly y: Range }
  readonly scale: Range
  /** Degrees. */
  readonly shear: { readonly x: Range; readonly y: Range }
  /** Instead of all these: from a pixel of the result to its place in the image. */
  readonly matrix?: Affine | undefined
  /** In pixels from the top left corner. */
  readonly center: 'middle' | readonly [x: number, y: number]
  readonly p: number
}

export const affineDisplacementStep: SampleStep<AffineDisplacementStepOptions, AffineParams> = {
  name: 'affineDisplacement',

  draw(rng, options, shape) {
    const { p, interpolation, border, fill } = options
    if (!rng.bool(p)) return undefined
    const matrix = options.matrix ?? drawMatrix(rng, options, shape)
    if (isIdentity(matrix)) return undefined
    return { matrix, interpolation, border, fill: perChannel('affineDisplacement', fill, shape[2]) }
  },

  geometry: affineGeometry,
  apply: applyAffine
}

/** The point that an option names. */
export function centerOf(
  center: 'middle' | readonly [x: number, y: number],
  [height, width]: Shape
): readonly [x: number, y: number] {
  return center === 'middle' ? [width / 2, height / 2] : center
}

function drawMatrix(rng: Rng, options: AffineDisplacementStepOptions, shape: Shape): Affine {
  const { rotate, translate, scale, shear, center } = options
  return backwardAffine({
    rotate: rng.uniform(...rotate),
    translate: [shape[1] * rng.uniform(...translate.x), shape[0] * rng.uniform(...translate.y)],
    scale: rng.uniform(...scale),
    shear: [rng.uniform(...shear.x), rng.uniform(...shear.y)],
    center: centerOf(center, shape)
  })
}
