/** Mixes an image with several versions of itself, each changed by a short chain of operations (Hendrycks et al. 2020). */
import { ShapeError } from '../errors.js'
import type { Rng } from '../random/rng.js'
import type { SamplingStepOptions } from './affineDisplacement.js'
import { perChannel } from './crop.js'
import {
  applyChanges,
  bits,
  drawChange,
  linear,
  NONE,
  type PolicyChange,
  type PolicyRange,
  type PolicySpace
} from './policy.js'
import { Scratch } from './scratch.js'
import type { SampleStep } from './step.js'
import type { WarpOptions } from './warp.js'

export interface AugMixStepOptions extends SamplingStepOptions {
  /** From 1 to 10. */
  readonly severity: number
  readonly width: number
  /** Operations of a chain; −1 draws 1, 2 or 3 for each. */
  readonly depth: number
  readonly alpha: number
}

export interface AugMixParams extends WarpOptions {
  /** Weight of the image itself. */
  readonly own: number
  readonly chains: readonly { readonly weight: number; readonly changes: readonly PolicyChange[] }[]
}

const BINS = 10
const factor: PolicyRange = linear(0, 0.9, true)

const space: PolicySpace = [
  ['shearX', linear(0, 0.3, true)],
  ['shearY', linear(0, 0.3, true)],
  ['translateX', linear(0, ([, width]) => width / 3, true)],
  ['translateY', linear(0, ([height]) => height / 3, true)],
  ['rotate', linear(0, 30, true)],
  ['posterize', bits(4, 4)],
  ['solarize', linear(1, 0, false)],
  ['autoContrast', NONE],
  ['equalize', NONE],
  ['brightness', factor],
  ['color', factor],
  ['contrast', factor],
  ['sharpness', factor]
]

const version = new Scratch()
const total = new Scratch()

export const augMixStep: SampleStep<AugMixStepOptions, AugMixParams> = {
  name: 'augMix',

  draw(rng, { severity, width, depth, alpha, fill, interpolation, border }, shape) {
    const own = rng.beta(alpha, alpha)
    const weights = dirichlet(rng, alpha, width)
    const chains = weights.map(weight => {
      const length = depth > 0 ? depth : 1 + rng.int(3)
      const changes = Array.from({ length }, () => drawChange(rng, space, BINS, rng.int(severity), shape))
      return { weight: weight * (1 - own), changes }
    })
    return { own, chains, interpolation, border, fill: perChannel('augMix', fill, shape[2]) }
  },

  geometry: {
    point: () => refuse(),
    mask: () => refuse()
  },

  apply(image, { own, chains, ...sampling }, out) {
    const { data } = image
    const sums = total.floats(data.length)
    for (let i = 0; i < data.length; i++) sums[i] = own * data[i]!
    const changed = { ...image, data: version.bytes(data.length).subarray(0, data.length) }
    for (const { weight, changes } of chains) {
      applyChanges(image, { changes, ...sampling }, changed)
      for (let i = 0; i < data.length; i++) sums[i] = sums[i]! + weight * changed.data[i]!
    }
    // An array of this type rounds half to even.
    const to = new Uint8ClampedArray(out.data.buffer, out.data.byteOffset, data.length)
    for (let i = 0; i < data.length; i++) to[i] = sums[i]!
  }
}

/** Weights with a sum of 1, from Dirichlet(alpha, …, alpha). */
function dirichlet(rng: Rng, alpha: number, count: number): number[] {
  const draws = Array.from({ length: count }, () => rng.gamma(alpha))
  const sum = draws.reduce((total, draw) => total + draw, 0)
  return sum > 0 ? draws.map(draw => draw / sum) : draws.map((_, i) => (i === 0 ? 1 : 0))
}

function refuse(): never {
  throw new ShapeError(
    'augMix: it lays differently moved versions of an image over each other, so masks, boxes and keypoints have no one place. Leave it out.'
  )
}
