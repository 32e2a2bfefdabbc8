/** Runs steps with a given probability, all or none. */
import type { Step } from '../sample.js'
import { type CompositeParams, compositeSampleStep } from './composite.js'
import type { SampleStep } from './step.js'

export interface SometimesStepOptions {
  readonly p: number
  readonly steps: readonly Step[]
}

export const sometimesStep: SampleStep<SometimesStepOptions, CompositeParams> = compositeSampleStep(
  'sometimes',
  (rng, { p, steps }) => (rng.bool(p) ? steps : [])
)
