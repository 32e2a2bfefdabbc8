/** A pipeline for `model.fitDataset`. */
import type { Observable } from 'rxjs'
import type { TensorBatch } from '../batch.js'
import { checkOneOf, checkOptions } from '../check.js'
import { OperatorError, show } from '../errors.js'
import { checkSource } from './check.js'
import { toAsyncIterable } from './toAsyncIterable.js'

/** Options of {@link toDataset}. */
export interface ToDatasetOptions {
  /**
   * One iterator runs through all epochs: for `fitDataset` with `batchesPerEpoch`, which asks for no other.
   * @defaultValue false
   */
  readonly joinEpochs?: boolean | undefined
}

/** What `fitDataset` and `evaluateDataset` ask of a data set of tensors. */
export interface TensorDataset<T> {
  /** Not known: NaN. */
  size: number
  /** The next epoch, or the rest of one that was left. */
  iterator(): Promise<TensorIterator<T>>
  /** Unsubscribes and disposes what is still held. Needed where training stops before the last epoch's end. */
  close(): Promise<void>
}

/** The batches of an epoch. */
export interface TensorIterator<T> {
  next(): Promise<IteratorResult<{ xs: T; ys: T }>>
}

/**
 * Makes a pipeline of tensors a data set for `model.fitDataset`.
 *
 * Tensor batches → data set. There is one subscription, begun with the first batch that is asked for; each iterator
 * gives one epoch of it, so the source's `epochs` is what `fitDataset` is told, or more. Validation reads an epoch each
 * time: give its source `epochs: Infinity`. `fitDataset` disposes the tensors. Where it stops early (`stopTraining`, an
 * error), call `close()`.
 *
 * @throws OperatorError, as the rejection of `next()`, for items that are no tensor batches.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-node'
 * import { batch, cifar10, normalize, prefetch, toDataset, toTensors } from 'millrace'
 *
 * const model = tf.sequential({
 *   layers: [
 *     tf.layers.flatten({ inputShape: [32, 32, 3] }),
 *     tf.layers.dense({ units: 10, activation: 'softmax' })
 *   ]
 * })
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
 * const train = cifar10({ seed: 1, shuffle: true, epochs: 10 })
 *   .pipe(batch(64), normalize(), prefetch(), toTensors(tf))
 * const dataset = toDataset(train)
 * await model.fitDataset(dataset, { epochs: 10 })
 * await dataset.close()
 * ```
 */
export function toDataset<T>(source: Observable<TensorBatch<T>>, options: ToDatasetOptions = {}): TensorDataset<T> {
  checkSource('toDataset', source)
  checkOptions('toDataset', options, ['joinEpochs'])
  const { joinEpochs = false } = options
  checkOneOf('toDataset', 'joinEpochs', joinEpochs, [true, false])
  const batches = toAsyncIterable(source)[Symbol.asyncIterator]() as AsyncIterator<TensorBatch<T>, undefined>
  let early: TensorBatch<T> | undefined // the first of the next epoch, where nothing said that its epoch was over

  async function pull(): Promise<TensorBatch<T> | undefined> {
    const { done, value } = await batches.next()
    if (done || isTensorBatch(value)) return value
    await batches.return?.()
    throw new OperatorError(
      'toDataset',
      `expected batches of tensors, but got ${show(value)}. Put toTensors(tf) before it.`
    )
  }

  async function iterator(): Promise<TensorIterator<T>> {
    let epoch: number | undefined
    let over = false
    return {
      async next() {
        if (over) return { done: true, value: undefined }
        const batch = early ?? (await pull())
        early = undefined
        over = batch === undefined || (!joinEpochs && epoch !== undefined && batch.epoch !== epoch)
        if (batch === undefined || over) {
          early = batch
          return { done: true, value: undefined }
        }
        epoch = batch.epoch
        over = batch.last && !joinEpochs
        return { done: false, value: { xs: batch.xs, ys: batch.ys } }
      }
    }
  }

  async function close(): Promise<void> {
    early = undefined
    await batches.return?.()
  }

  return { size: Number.NaN, iterator, close }
}

function isTensorBatch(value: unknown): value is TensorBatch {
  return typeof value === 'object' && value !== null && 'xs' in value && 'ys' in value
}
