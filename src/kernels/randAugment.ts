/** A few random operations at one magnitude (Cubuk et al. 2020). */
import type { SamplingStepOptions } from './affineDisplacement.js'
import { perChannel } from './crop.js'
import {
  applyChanges,
  bits,
  drawChange,
  linear,
  NONE,
  type PolicyParams,
  type PolicyRange,
  type PolicySpace,
  policyGeometry
} from './policy.js'
import type { SampleStep } from './step.js'

export interface RandAugmentStepOptions extends SamplingStepOptions {
  readonly n: number
  /** Below `bins`. */
  readonly magnitude: number
  readonly bins: number
}

const factor: PolicyRange = linear(0, 0.9, true)

const space: PolicySpace = [
  ['identity', NONE],
  ['shearX', linear(0, 0.3, true)],
  ['shearY', linear(0, 0.3, true)],
  ['translateX', linear(0, ([, width]) => (150 / 331) * width, true)],
  ['translateY', linear(0, ([height]) => (150 / 331) * height, true)],
  ['rotate', linear(0, 30, true)],
  ['brightness', factor],
  ['color', factor],
  ['contrast', factor],
  ['sharpness', factor],
  ['posterize', bits(8, 4)],
  ['solarize', linear(1, 0, false)],
  ['autoContrast', NONE],
  ['equalize', NONE]
]

export const randAugmentStep: SampleStep<RandAugmentStepOptions, PolicyParams> = {
  name: 'randAugment',

  draw(rng, { n, magnitude, bins, fill, interpolation, border }, shape) {
    if (n === 0) return undefined
    const changes = Array.from({ length: n }, () => drawChange(rng, space, bins, magnitude, shape))
    return { changes, interpolation, border, fill: perChannel('randAugment', fill, shape[2]) }
  },

  geometry: policyGeometry,
  apply: applyChanges
}
