import {
  batch,
  cache,
  cifar10,
  cutMix,
  cutout,
  forEachBatch,
  indexed,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  toAsyncIterable
} from 'millrace'
import { lastValueFrom, take } from 'rxjs'
import { jpegFiles } from '../files.js'
import { meter } from '../measure.js'

const cifarSamples = images =>
  cifar10({ split: 'train', seed: 1, shuffle: true, epochs: Infinity }).pipe(
    randomCrop(32, { padding: 4 }),
    randomFlip(),
    cutout(),
    take(images)
  )

const cifarPlans = images => cifarSamples(images).pipe(batch(128), cutMix(), normalize())

/** CIFAR-10 in memory, as float32 batches. */
export async function cifarMillrace({ images, warmUp, workers }) {
  await cifar10({ split: 'train' }).info()
  const measured = meter(warmUp)
  await forEachBatch(cifarPlans(images).pipe(prefetch(4, { workers })), ({ keys }) => measured.batch(keys.length))
  return measured.result()
}

/** JPEG files, as uint8 batches. */
export async function filesMillrace({ dir, images, warmUp, workers }) {
  const files = jpegFiles(dir)
  const source = indexed({
    size: files.length,
    at: i => ({ image: files[i], label: 0 }),
    classes: 1,
    seed: 1,
    shuffle: true,
    epochs: Infinity
  })
  const batches = source.pipe(take(images), randomResizedCrop(224), randomFlip(), batch(64), prefetch(4, { workers }))
  const measured = meter(warmUp)
  await forEachBatch(batches, ({ keys }) => measured.batch(keys.length))
  return measured.result()
}

/** Later epochs of the files, whose decoded pixels are kept in memory from the first one on. */
export async function cachedMillrace({ dir, workers }) {
  const files = jpegFiles(dir)
  const at = i => ({ image: files[i], label: 0 })
  const source = indexed({ size: files.length, at, classes: 1, seed: 1, shuffle: true, epochs: 5 })
  const samples = source.pipe(cache({ maxBytes: 2 ** 30 }), randomResizedCrop(224), randomFlip())
  const measured = meter(files.length)
  await forEachBatch(samples.pipe(batch(64), prefetch(4, { workers })), ({ keys }) => measured.batch(keys.length))
  return measured.result()
}

/** What the main thread does for each sample before anything is executed. */
export async function planning({ images }) {
  await cifar10({ split: 'train' }).info()
  await lastValueFrom(cifarPlans(images))
  const start = performance.now()
  await lastValueFrom(cifarPlans(images))
  return { microseconds: ((performance.now() - start) * 1000) / images }
}

/** How long a consumer that is slower than the pipeline waits for its next batch. */
export async function latency({ batches, workers }) {
  const waits = []
  let start
  const plans = cifarPlans(batches * 128).pipe(prefetch(4, { workers }))
  for await (const _ of toAsyncIterable(plans)) {
    if (start !== undefined) waits.push(performance.now() - start)
    await new Promise(resolve => setTimeout(resolve, 8))
    start = performance.now()
  }
  waits.sort((a, b) => a - b)
  return { microseconds: waits[waits.length >> 1] * 1000 }
}
