/** How operators write plans: one more step at the end of a shared list. */
import { type MonoTypeOperatorFunction, map } from 'rxjs'
import type { BatchPlan } from '../batch.js'
import type { Sample, Step } from '../sample.js'

/**
 * An operator that appends a step to every sample. Samples that arrive with the same list leave with the same list,
 * so a million samples cost one.
 */
export function sampleStep(step: Step): MonoTypeOperatorFunction<Sample> {
  return source => {
    const append = appender(step)
    return source.pipe(map(sample => ({ ...sample, steps: append(sample.steps) })))
  }
}

/** An operator that appends a step to every plan of a batch. */
export function batchStep(step: Step): MonoTypeOperatorFunction<BatchPlan> {
  return source => {
    const append = appender(step)
    return source.pipe(map(plan => ({ ...plan, steps: append(plan.steps) })))
  }
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
