/** How operators write plans: one more step at the end of a shared list. */
import { type MonoTypeOperatorFunction, map } from 'rxjs'
import type { BatchPlan } from '../batch.js'
import type { Sample, Step } from '../sample.js'

/** An operator for samples that is one step: it may be given to `sometimes`, `oneOf` and `compose` as well. */
export type SampleOperator = MonoTypeOperatorFunction<Sample> & { readonly step: Step; readonly level: 'sample' }

/** An operator for batches that is one step: it may be given to `oneOf` as well. */
export type BatchOperator = MonoTypeOperatorFunction<BatchPlan> & { readonly step: Step; readonly level: 'batch' }

/**
 * An operator that appends a step to every sample. Samples that arrive with the same list leave with the same list,
 * so a million samples cost one.
 */
export function sampleStep(step: Step): SampleOperator {
  const operator: MonoTypeOperatorFunction<Sample> = source => {
    const append = appender(step)
    return source.pipe(map(sample => ({ ...sample, steps: append(sample.steps) })))
  }
  return Object.assign(operator, { step, level: 'sample' } as const)
}

/**
 * An operator that appends a step to every plan of a batch.
 *
 * @param check Throws where a plan cannot have the step.
 */
export function batchStep(step: Step, check?: (plan: BatchPlan) => void): BatchOperator {
  const operator: MonoTypeOperatorFunction<BatchPlan> = source => {
    const append = appender(step)
    return source.pipe(
      map(plan => {
        check?.(plan)
        return { ...plan, steps: append(plan.steps) }
      })
    )
  }
  return Object.assign(operator, { step, level: 'batch' } as const)
}

/** Appends a step to lists of steps; the same list in gives the same list out. */
export function appender(step: Step): (steps: readonly Step[]) => readonly Step[] {
  const extended = new WeakMap<readonly Step[], readonly Step[]>()
  let lastIn: readonly Step[] | undefined
  let lastOut: readonly Step[] = []
  return steps => {
    if (steps === lastIn) return lastOut
    lastOut = extended.get(steps) ?? Object.freeze([...steps, step])
    extended.set(steps, lastOut)
    lastIn = steps
    return lastOut
  }
}
