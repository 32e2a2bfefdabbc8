/** The training step: the place where backpressure starts. */
import type { OperatorFunction } from 'rxjs'
import { checkFunction } from '../check.js'
import { stage } from '../flow/stage.js'
import { type Executed, executed } from './batches.js'
import { disposeItem } from './dispose.js'

/**
 * Calls an async function with one batch at a time and emits what it resolves to.
 *
 * Tensor batch (or batch, or plan) → result. The next call waits until the promise of this one is settled, and nothing
 * upstream runs ahead of it by more than the stages in between hold. Afterwards, also when the step fails, the tensors
 * are disposed and the batch's memory is given back, unless `toTensors` was given `keep`. What the step returns must
 * not need them.
 *
 * @param step - Gets the batch and a count from 0.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-node'
 * import { batch, cifar10, normalize, prefetch, toTensors, trainStep } from 'millrace'
 *
 * const model = tf.sequential({
 *   layers: [
 *     tf.layers.flatten({ inputShape: [32, 32, 3] }),
 *     tf.layers.dense({ units: 10, activation: 'softmax' })
 *   ]
 * })
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
 * cifar10({ seed: 1, shuffle: true, epochs: 10 })
 *   .pipe(batch(64), normalize(), prefetch(), toTensors(tf), trainStep(({ xs, ys }) => model.trainOnBatch(xs, ys)))
 *   .subscribe(loss => console.log(loss))
 * ```
 */
export function trainStep<T, R>(
  step: (batch: Executed<T>, index: number) => R | PromiseLike<R>
): OperatorFunction<T, R> {
  checkFunction('trainStep', 'step', step)
  return source =>
    executed(source).pipe(
      stage<Executed<T>, R>({
        name: 'trainStep',
        depth: 1,
        start() {
          let index = 0
          return {
            async work(batch) {
              try {
                return await step(batch, index++)
              } finally {
                disposeItem(batch)
              }
            },
            drop: disposeItem
          }
        }
      })
    )
}
