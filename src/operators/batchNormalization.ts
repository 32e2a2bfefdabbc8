import type { BatchPlan, Moments } from '../batch.js'
import { checkNumber, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { channelsOption } from './options.js'
import { refuseTwice } from './refuseTwice.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions {
  /**
   * Added to the variance, so that a channel that hardly changes is not blown up.
   * @defaultValue 0.001
   */
  readonly epsilon?: number | undefined
  /**
   * How much of the moving averages stays at each batch.
   * @defaultValue 0.99
   */
  readonly momentum?: number | undefined
  /**
   * Normalises by these numbers instead of the batch's own, and moves no average: for validation, with the `moving`
   * of a training batch.
   */
  readonly frozen?: Moments | undefined
}

/**
 * Normalises each channel by the mean and variance of its own batch: (byte / 255 − mean) / √(variance + epsilon).
 *
 * Batch → batch of `float32`, in place of `normalize`. Labels stay. The statistics are those of the batch after all
 * mixing, wherever the operator stands, in [0, 1], without correction for bias. `batch.statistics` has them, with
 * moving averages over all batches so far (they begin at 0 and 1, as in Keras), which the cursor carries, so that a
 * resumed run goes on with them. There is no learned scale and offset: those belong to the model.
 * Ioffe, Szegedy 2015, https://arxiv.org/abs/1502.03167; the numbers are those of `tf.layers.batchNormalization`.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 * @throws {@link OperatorError} through the Observable, beside `normalize` or another `batchNormalization`
 *
 * @example
 * ```ts
 * import { batch, batchNormalization, cifar10, forEachBatch } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(batch(128), batchNormalization())
 * await forEachBatch(train, ({ statistics }) => console.log(statistics?.mean, statistics?.moving.mean))
 * ```
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchOperator {
  checkOptions('batchNormalization', options, ['epsilon', 'momentum', 'frozen'])
  const { epsilon = 0.001, momentum = 0.99, frozen } = options
  checkNumber('batchNormalization', 'epsilon', epsilon, { min: 0 })
  checkNumber('batchNormalization', 'momentum', momentum, { min: 0, max: 1 })
  const step = { name: 'batchNormalization', options: { epsilon, momentum, frozen: frozen && checkMoments(frozen) } }
  return batchStep(step, checkPlan)
}

function checkMoments(moments: Moments): Moments {
  // More may stand there, because batches hand out their statistics as they are.
  const caller = 'batchNormalization'
  if (typeof moments !== 'object' || moments === null) {
    throw new InvalidOptionError({ caller, option: 'frozen', expected: '{ mean, variance }', received: moments })
  }
  const mean = channelsOption(caller, 'frozen.mean', moments.mean, {})
  const variance = channelsOption(caller, 'frozen.variance', moments.variance, { min: 0 })
  if (mean.length === variance.length) return { mean, variance }
  const expected = `as long as \`frozen.mean\`, which has ${mean.length} numbers`
  throw new InvalidOptionError({ caller, option: 'frozen.variance', expected, received: moments.variance })
}

function checkPlan(plan: BatchPlan): void {
  for (const name of ['batchNormalization', 'normalize']) {
    refuseTwice(name, plan, `a batch can be normalised once, not twice: by normalize or by batchNormalization.`)
  }
}
