/** Where the images come from: always Millrace. */
import { batch, cifar10, forEachBatch, normalize, prefetch, toTensors } from 'millrace'
import { take, tap } from 'rxjs'
import { pace } from './settings.js'

/**
 * Images that the network learns from, as tensors; from the start, or right after a cursor. `onArrival` is called when a
 * batch is made, before it becomes a tensor.
 */
export function trainingBatches(tf, { configuration, seed, settings, cursor, workers, onArrival }) {
  const { batch: size, epochs } = pace(configuration, settings)
  const start = cursor === undefined ? { seed, shuffle: true, subset: [0, settings.share] } : { resume: cursor }
  const { samples, batches = [], pixels } = configuration
  return cifar10({ split: 'train', epochs, ...start })
    .pipe(...(typeof samples === 'function' ? samples({ epochs }) : samples))
    .pipe(batch(size, { remainder: 'drop' }), ...batches, normalize(pixels))
    .pipe(prefetch(8, { workers }), tap(onArrival), toTensors(tf))
}

/** Share of images that a classifier gets wrong: of the first `limit` test images, or of those that were learned from. */
export async function errorOf(tf, classifier, { configuration, settings, limit, workers }) {
  const source =
    limit === undefined ? cifar10({ subset: [0, settings.share] }) : cifar10({ split: 'test' }).pipe(take(limit))
  const images = source.pipe(batch(500), normalize(configuration.pixels), prefetch(2, { workers }), toTensors(tf))
  let [wrong, seen] = [0, 0]
  await forEachBatch(images, async ({ xs, ys }) => {
    const misses = tf.tidy(() => classifier.predictOnBatch(xs).argMax(1).notEqual(ys.argMax(1)).sum())
    wrong += (await misses.data())[0]
    seen += xs.shape[0]
    misses.dispose()
  })
  return wrong / seen
}
