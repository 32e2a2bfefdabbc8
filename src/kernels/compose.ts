/** Runs steps one after the other, as one. */
import type { Step } from '../sample.js'
import { type CompositeParams, compositeSampleStep } from './composite.js'
import { findSampleStep } from './lookup.js'
import type { SampleStep } from './step.js'

export interface ComposeStepOptions {
  readonly steps: readonly Step[]
}

export const composeStep: SampleStep<ComposeStepOptions, CompositeParams> = compositeSampleStep(
  'compose',
  (_rng, { steps }) => steps,
  ({ steps }) => lastSize(steps)
)

/** The size of the last step that fixes one, if none after it can change it. */
function lastSize(steps: readonly Step[]): readonly [height: number, width: number] | undefined {
  for (const { name, module, options } of steps.toReversed()) {
    const step = findSampleStep(name, module)
    const fixed = step?.fixedSize?.(options)
    if (fixed !== undefined || step?.outShape !== undefined) return fixed
  }
  return undefined
}
