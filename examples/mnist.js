// Handwritten digits: a small network, and its accuracy on the test images.
// node examples/mnist.js
import { batch, forEachBatch, mnist, monitor, normalize, prefetch, randomCrop, toTensors } from 'millrace'
import { loadTensorFlow, smallModel } from './loadTensorFlow.js'

const tf = await loadTensorFlow()
const model = smallModel(tf, [28, 28, 1], 64)

const train = mnist({ split: 'train', subset: [0, 0.2], seed: 7, shuffle: true }).pipe(
  randomCrop(28, { padding: 1 }),
  batch(64),
  normalize(),
  prefetch(4),
  toTensors(tf),
  monitor(({ imagesPerSecond, waitedShare }) => {
    console.log(`${imagesPerSecond.toFixed(0)} images/s, waited ${(waitedShare * 100).toFixed(0)} % of the time`)
  })
)
await forEachBatch(train, ({ xs, ys }) => model.trainOnBatch(xs, ys))

const test = mnist({ split: 'test', subset: [0, 0.2] }).pipe(batch(500), normalize(), prefetch(2), toTensors(tf))
let right = 0
let all = 0
await forEachBatch(test, async ({ xs, ys, keys }) => {
  const hits = tf.tidy(() => model.predict(xs).argMax(-1).equal(ys.argMax(-1)).sum())
  right += (await hits.data())[0]
  hits.dispose()
  all += keys.length
})
console.log(`accuracy on ${all} test images: ${((right / all) * 100).toFixed(1)} %`)
