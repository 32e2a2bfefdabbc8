import type { BatchPlan } from '../batch.js'
import { checkProbability } from '../check.js'
import { OperatorError } from '../errors.js'
import { refuseTwice } from './refuseTwice.js'
import { type BatchOperator, batchStep } from './steps.js'

/**
 * Moves a little of each label's mass to all classes alike.
 *
 * Batch → batch. Labels become (1 − ε) · label + ε / K for K classes; images stay. It may stand before or after
 * {@link mixUp} and {@link cutMix}: the result is the same. Do not use it together with a loss that smooths labels.
 * Twice in one pipeline is an error, and so are labels of a single number.
 * Szegedy et al. 2016, https://arxiv.org/abs/1512.00567
 *
 * @param epsilon mass that is moved, from 0 to 1
 * @throws {@link InvalidOptionError} where `epsilon` is not between 0 and 1
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, labelSmoothing } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(batch(128), labelSmoothing(0.1))
 * await forEachBatch(train, ({ labels }) => console.log(labels.subarray(0, 10))) // 0.91 and 0.01
 * ```
 */
export function labelSmoothing(epsilon = 0.1): BatchOperator {
  checkProbability('labelSmoothing', 'epsilon', epsilon)
  return batchStep({ name: 'labelSmoothing', options: { epsilon } }, checkPlan)
}

function checkPlan(plan: BatchPlan): void {
  refuseTwice('labelSmoothing', plan, 'labels can be smoothed once, not twice. Remove one of the two.')
  if (plan.labelWidth > 1) return
  throw new OperatorError(
    'labelSmoothing',
    'labels of a single number are not classes and cannot be smoothed. Remove it.'
  )
}
