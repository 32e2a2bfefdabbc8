/** Batches become tensors of the TensorFlow.js that is given. */
import { defer, type OperatorFunction } from 'rxjs'
import type { Batch, BatchPlan, TensorBatch } from '../batch.js'
import { checkInteger, checkOneOf, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { now, warn } from '../flow/platform.js'
import { type StageWork, stage } from '../flow/stage.js'
import { executed } from './batches.js'
import { disposeTensor } from './dispose.js'
import { AliveWatch, type Tensors, tensorBatch } from './tensorBatch.js'
import { plainUploader } from './upload/plain.js'
import { isNodeBackend, tensorflowUploader } from './upload/tensorflow.js'
import type { TensorFactory, Uploader } from './upload/uploader.js'
import { registerFilterGradient } from './upload/wasm.js'
import { isWebGpuBackend, webgpuUploader } from './upload/webgpu.js'

/** Options of {@link toTensors}. */
export interface ToTensorsOptions {
  /**
   * Batches that are on the device, at most, before they are asked for: memory for time. At least 1, so that the next
   * one is there when a step is done.
   * @defaultValue 1
   */
  readonly ahead?: number | undefined
  /**
   * Leaves the tensors to you: neither `trainStep` nor another sink disposes them.
   * @defaultValue false
   */
  readonly keep?: boolean | undefined
}

/** More tensor batches than this at once are a leak. */
const MOST_ALIVE = 64

/**
 * Uploads each batch to the device and gives its memory back to the pipeline.
 *
 * Batch (or plan) → tensor batch: `xs` is n × height × width × channels, `ys` is n × label width, both `float32`.
 * Values are normalised where the pipeline has `normalize`, else 0…255. The next batch is uploaded while the training
 * step runs on this one. tfjs-node (with or without a GPU) and WebGPU take bytes and normalise them on the device; other
 * backends take floats, made in the workers. No tensor shares memory with a batch. The backend is the one that is active
 * when the pipeline is subscribed to: `await tf.setBackend('webgpu')` first. On wasm this registers the gradient of
 * convolutions, which that backend lacks, with TensorFlow.js.
 *
 * The tensors must be disposed: `trainStep`, `forEachBatch`, `toAsyncIterable` and `toDataset` do it; who subscribes
 * by other means calls `dispose()`.
 *
 * @param tf - `import * as tf from '@tensorflow/tfjs-node'`, or any other package of TensorFlow.js 4.
 * @throws {@link InvalidOptionError} where `tf` is not TensorFlow.js.
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
 * cifar10({ seed: 1, shuffle: true })
 *   .pipe(batch(64), normalize(), prefetch(), toTensors(tf), trainStep(({ xs, ys }) => model.trainOnBatch(xs, ys)))
 *   .subscribe(loss => console.log(loss))
 * ```
 */
export function toTensors<T>(
  tf: TensorFactory<T>,
  options: ToTensorsOptions = {}
): OperatorFunction<Batch | BatchPlan, TensorBatch<T>> {
  checkFactory(tf)
  checkOptions('toTensors', options, ['ahead', 'keep'])
  const { ahead = 1, keep = false } = options
  checkInteger('toTensors', 'ahead', ahead, { min: 1 })
  checkOneOf('toTensors', 'keep', keep, [true, false])
  return source =>
    defer(() => {
      const uploader = uploaderFor(tf)
      return executed(source).pipe(
        stage<Batch, TensorBatch<T>>({
          name: 'toTensors',
          depth: ahead,
          wants: { format: uploader.format },
          start: () => uploads(tf, uploader, keep)
        })
      )
    })
}

function uploads<T>(tf: TensorFactory<T>, uploader: Uploader<T>, keep: boolean): StageWork<Batch, TensorBatch<T>> {
  const watch = keep ? undefined : new AliveWatch(MOST_ALIVE, warnOfLeak)
  let ready = false
  let uploadMs = 0
  return {
    async work(batch, signal) {
      try {
        if (!ready) await tf.ready()
        ready = true
        signal.throwIfAborted()
        const start = now()
        const tensors = tensorBatch(batch, upload(tf, uploader, batch), keep)
        uploadMs += now() - start
        watch?.add(tensors)
        return tensors
      } finally {
        batch.release()
      }
    },
    discard: tensors => tensors.dispose(),
    drop: batch => batch.release(),
    stop: () => uploader.close(),
    details: () => ({ upload: uploadMs })
  }
}

function upload<T>(tf: TensorFactory<T>, uploader: Uploader<T>, batch: Batch): Tensors<T> {
  const ys = tf.tensor(new Float32Array(batch.labels), [...batch.labelShape], 'float32')
  const masks = batch.masks && tf.tensor(Int32Array.from(batch.masks), batch.shape.slice(0, 3), 'int32')
  try {
    return { xs: uploader.images(batch), ys, masks }
  } catch (error) {
    disposeTensor(ys)
    if (masks !== undefined) disposeTensor(masks)
    throw error
  }
}

function uploaderFor<T>(tf: TensorFactory<T>): Uploader<T> {
  const name = tf.getBackend()
  if (name === 'wasm') registerFilterGradient(tf)
  const backend = name === 'tensorflow' || name === 'webgpu' ? tf.backend() : undefined
  if (isNodeBackend(backend)) return tensorflowUploader(tf, backend)
  return isWebGpuBackend(backend) ? webgpuUploader(tf, backend) : plainUploader(tf)
}

function checkFactory(tf: unknown): void {
  const members = ['tensor', 'getBackend', 'backend', 'ready']
  const given = (tf ?? {}) as Record<string, unknown>
  if (members.every(name => typeof given[name] === 'function')) return
  const expected = "TensorFlow.js, as in `import * as tf from '@tensorflow/tfjs-node'`"
  throw new InvalidOptionError({ caller: 'toTensors', option: 'tf', expected, received: tf })
}

function warnOfLeak(): void {
  warn(
    `toTensors: more than ${MOST_ALIVE} batches of tensors are alive. End the pipeline with trainStep(), which disposes ` +
      'them after the step, call dispose() on each batch, or give toTensors { keep: true } to keep them.',
    'MILLRACE_UNDISPOSED'
  )
}
