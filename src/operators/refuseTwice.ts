/** For batch operators that make no sense twice. */
import { type MonoTypeOperatorFunction, map } from 'rxjs'
import type { BatchPlan } from '../batch.js'
import { OperatorError } from '../errors.js'

/** Passes plans on; one that has the step already is an error. */
export function refuseTwice(name: string, reason: string): MonoTypeOperatorFunction<BatchPlan> {
  return map(plan => {
    if (plan.steps.some(step => step.name === name)) throw new OperatorError(name, reason)
    return plan
  })
}
