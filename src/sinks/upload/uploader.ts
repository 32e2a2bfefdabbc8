/** How images reach the device: one way for each kind of backend. */
import type { Batch } from '../../batch.js'

/**
 * The part of TensorFlow.js that `toTensors` uses. `import * as tf from '@tensorflow/tfjs'` fits, and so do tfjs-node
 * and tfjs-core with a backend; `T` becomes their tensor type.
 */
export interface TensorFactory<T> {
  tensor(values: Float32Array | Int32Array, shape: number[], dtype: 'float32' | 'int32'): T
  /** Name of the active backend: `'tensorflow'`, `'wasm'`, `'cpu'`, … */
  getBackend(): string
  /** The active backend. */
  backend(): unknown
  /** Resolves when the backend can be used. */
  ready(): Promise<void>
}

/** Uploads images, one batch after the other. */
export interface Uploader<T> {
  /** What it takes best: `uint8` leaves `normalize` to the device. */
  readonly format: 'uint8' | 'float32'
  /** Copies the images to the device: when it returns, the batch's memory may be written again. */
  images(batch: Batch): T
  /** Frees what it holds on the device for itself. */
  close(): void
}
