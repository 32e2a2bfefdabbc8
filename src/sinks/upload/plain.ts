/** Any backend: `float32` values, made in the worker where the pipeline normalises. */
import type { Batch } from '../../batch.js'
import { normalizeInto, scalingOf } from '../../kernels/normalize.js'
import type { TensorFactory, Uploader } from './uploader.js'

/**
 * Uploads through `tf.tensor`. Backends may keep the very array that they are given, for good (cpu, tensorflow) or
 * until its first use (webgl, webgpu), so each gets a copy that nobody else will write to.
 */
export function plainUploader<T>(tf: TensorFactory<T>): Uploader<T> {
  return {
    format: 'float32',
    images: batch => tf.tensor(floatsOf(batch), [...batch.shape], 'float32'),
    close() {}
  }
}

/** A copy of the images as floats, normalised where that is still to be done. */
export function floatsOf({ images, shape, normalization }: Batch): Float32Array {
  const values = new Float32Array(images.length)
  if (images instanceof Uint8Array) {
    normalizeInto(images, values, scalingOf(normalization, shape[3]))
  } else {
    values.set(images)
  }
  return values
}
