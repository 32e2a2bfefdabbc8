/** For batch operators that make no sense twice. */
import type { BatchPlan } from '../batch.js'
import { OperatorError } from '../errors.js'

/** Refuses a plan that has the step already. */
export function refuseTwice(name: string, plan: BatchPlan, reason: string): void {
  if (plan.steps.some(step => step.name === name)) throw new OperatorError(name, reason)
}
