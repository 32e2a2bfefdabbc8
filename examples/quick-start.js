// From CIFAR-10 to a training step: augmented in worker threads, one batch at a time.
// node examples/quick-start.js
import {
  batch,
  cifar10,
  cutMix,
  cutout,
  labelSmoothing,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  toTensors,
  trainStep
} from 'millrace'
import { lastValueFrom, take, tap } from 'rxjs'
import { loadTensorFlow, smallModel } from './loadTensorFlow.js'

const tf = await loadTensorFlow()
const model = smallModel(tf, [32, 32, 3])

const losses = cifar10({ split: 'train', subset: [0, 0.1], seed: 7, shuffle: true }).pipe(
  // Samples: plans of what will be done to each image.
  randomCrop(32, { padding: 4 }),
  randomFlip(),
  cutout({ size: 8 }),
  // Batches: still plans.
  batch(64),
  labelSmoothing(0.1),
  cutMix({ p: 0.5 }),
  normalize(),
  // Executed here, in worker threads, at most four batches ahead.
  prefetch(4),
  toTensors(tf),
  trainStep(async ({ xs, ys, index }) => {
    const [loss] = await model.trainOnBatch(xs, ys)
    return { index, loss }
  }),
  tap(({ index, loss }) => {
    if (index % 10 === 0) console.log(`batch ${index}: loss ${loss.toFixed(3)}`)
  }),
  take(40)
)

const { index, loss } = await lastValueFrom(losses)
console.log(`trained on ${index + 1} batches, last loss ${loss.toFixed(3)}`)
