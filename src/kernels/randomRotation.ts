/** Turns an image by a random angle. */
import { type AffineParams, affineGeometry, applyAffine, backwardAffine, isIdentity } from './affine.js'
import { centerOf, type SamplingStepOptions } from './affineDisplacement.js'
import { perChannel } from './crop.js'
import type { SampleStep } from './step.js'

export interface RandomRotationStepOptions extends SamplingStepOptions {
  /** Counter-clockwise. */
  readonly degrees: readonly [low: number, high: number]
  /** In pixels from the top left corner. */
  readonly center: 'middle' | readonly [x: number, y: number]
  readonly p: number
}

export const randomRotationStep: SampleStep<RandomRotationStepOptions, AffineParams> = {
  name: 'randomRotation',

  draw(rng, { degrees, center, interpolation, border, fill, p }, shape) {
    if (!rng.bool(p)) return undefined
    const rotate = rng.uniform(...degrees)
    const matrix = backwardAffine({
      rotate,
      translate: [0, 0],
      scale: 1,
      shear: [0, 0],
      center: centerOf(center, shape)
    })
    if (isIdentity(matrix)) return undefined
    return { matrix, interpolation, border, fill: perChannel('randomRotation', fill, shape[2]) }
  },

  geometry: affineGeometry,
  apply: applyAffine
}
