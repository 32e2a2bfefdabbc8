/** Runs one of several steps, chosen by weight. */
import type { Rng } from '../random/rng.js'
import type { Step } from '../sample.js'
import { type CompositeParams, compositeBatchStep, compositeSampleStep } from './composite.js'
import type { BatchStep, SampleStep } from './step.js'

export interface OneOfStepOptions {
  readonly p: number
  /** One for each step, with a sum above 0. */
  readonly weights: readonly number[]
  readonly steps: readonly Step[]
}

export const oneOfStep: SampleStep<OneOfStepOptions, CompositeParams> = compositeSampleStep('oneOf', chosen)

export const oneOfBatchStep: BatchStep<OneOfStepOptions, CompositeParams> = compositeBatchStep('oneOf', chosen)

function chosen(rng: Rng, { p, weights, steps }: OneOfStepOptions): readonly Step[] {
  if (!rng.bool(p)) return []
  let rest = rng.float() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [i, weight] of weights.entries()) {
    if (weight > 0 && rest < weight) return [steps[i]!]
    rest -= weight
  }
  return [steps[weights.findLastIndex(weight => weight > 0)]!]
}
