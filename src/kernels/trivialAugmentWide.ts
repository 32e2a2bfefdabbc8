/** One random operation at a random magnitude, from wide ranges (Müller, Hutter 2021). */
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

export interface TrivialAugmentWideStepOptions extends SamplingStepOptions {
  readonly bins: number
}

const factor: PolicyRange = linear(0, 0.99, true)

const space: PolicySpace = [
  ['identity', NONE],
  ['shearX', factor],
  ['shearY', factor],
  ['translateX', linear(0, 32, true)],
  ['translateY', linear(0, 32, true)],
  ['rotate', linear(0, 135, true)],
  ['brightness', factor],
  ['color', factor],
  ['contrast', factor],
  ['sharpness', factor],
  ['posterize', bits(8, 6)],
  ['solarize', linear(1, 0, false)],
  ['autoContrast', NONE],
  ['equalize', NONE]
]

export const trivialAugmentWideStep: SampleStep<TrivialAugmentWideStepOptions, PolicyParams> = {
  name: 'trivialAugmentWide',

  draw(rng, { bins, fill, interpolation, border }, shape) {
    const change = drawChange(rng, space, bins, rng.int(bins), shape)
    if (change.operation === 'identity') return undefined
    return { changes: [change], interpolation, border, fill: perChannel('trivialAugmentWide', fill, shape[2]) }
  },

  geometry: policyGeometry,
  apply: applyChanges
}
