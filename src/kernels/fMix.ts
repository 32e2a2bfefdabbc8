/** Replaces a random blob of each image of a batch by that of a partner; labels become shares of the area. */
import { Rng, rngKey } from '../random/rng.js'
import { planesOf } from './blocks.js'
import { fourierNoise } from './fourierNoise.js'
import { mixLabels, shares, type Weights } from './mixLabels.js'
import { changeRows, drawPartners, type PartnerPolicy } from './partners.js'
import type { BatchStep } from './step.js'

export interface FMixStepOptions {
  readonly alpha: number
  readonly decay: number
  readonly partner: PartnerPolicy
  readonly p: number
}

export interface FMixParams {
  /** The mask is made from it wherever it is needed. */
  readonly seed: number
  readonly decay: number
  /** Pixels that come from the partner. */
  readonly pasted: number
  readonly weights: Weights
  /** The partner of each sample, a permutation. */
  readonly partners: readonly number[]
}

export const fMixStep: BatchStep<FMixStepOptions, FMixParams> = {
  name: 'fMix',
  masks: true,

  draw(rng, { alpha, decay, partner, p }, [n, height, width]) {
    if (alpha === 0 || !rng.bool(p)) return undefined
    const total = height * width
    const pasted = total - Math.round(total * rng.beta(alpha, alpha))
    if (pasted === 0) return undefined
    const seed = rng.uint32()
    return { seed, decay, pasted, weights: shares(pasted, total), partners: drawPartners(rng, partner, n) }
  },

  apply(batch, { seed, decay, pasted, weights, partners }) {
    const [, height, width] = batch.shape
    const noise = new Rng().reset(noiseKey, seed, 0)
    const runs = lowest(
      fourierNoise(height, width, decay, () => noise.normal()),
      pasted
    )
    for (const { values, channels } of planesOf(batch)) {
      const size = height * width * channels
      changeRows(values, size, partners, (row, from, at) => {
        for (let i = 0; i < runs.length; i += 2) {
          const [start, end] = [runs[i]! * channels, runs[i + 1]! * channels]
          values.set(from.subarray(at + start, at + end), row * size + start)
        }
      })
    }
    mixLabels(batch, partners, () => weights)
  }
}

const noiseKey = rngKey(0, 'fMix', 'noise', 0)

/** Where the `count` lowest values are: the beginning and the end of each run of them. Of equal ones the first count. */
export function lowest(values: Float64Array, count: number): readonly number[] {
  const sorted = values.slice().sort()
  const bound = sorted[count - 1] ?? -Infinity
  let ties = count - sorted.indexOf(bound)
  const runs: number[] = []
  let inside = false
  for (let i = 0; i <= values.length; i++) {
    const taken = i < values.length && (values[i]! < bound || (values[i] === bound && ties-- > 0))
    if (taken !== inside) runs.push(i)
    inside = taken
  }
  return runs
}
