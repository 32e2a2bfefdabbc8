// What a network looks at, which is worth knowing before objects are covered with cutout.
// node examples/grad-cam.js
import {
  batch,
  cifar10,
  forEachBatch,
  gradCam,
  normalize,
  overlay,
  randomFlip,
  toAsyncIterable,
  toTensors
} from 'millrace'
import { loadTensorFlow } from './loadTensorFlow.js'

const tf = await loadTensorFlow()
const kernel = seed => ({ kernelInitializer: tf.initializers.heNormal({ seed }) })
const conv = (filters, more) =>
  tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...more })
const model = tf.sequential({
  layers: [
    conv(16, { inputShape: [32, 32, 3], strides: 2, ...kernel(1) }),
    conv(32, { name: 'explained', ...kernel(2) }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 10, activation: 'softmax', ...kernel(3) })
  ]
})
model.compile({ optimizer: tf.train.adam(0.005), loss: 'categoricalCrossentropy' })

const train = cifar10({ split: 'train', subset: [0, 0.06], seed: 7, shuffle: true })
await forEachBatch(train.pipe(randomFlip(), batch(64), normalize(), toTensors(tf)), ({ xs, ys }) =>
  model.trainOnBatch(xs, ys)
)

for await (const seen of toAsyncIterable(cifar10({ split: 'test' }).pipe(batch(8), normalize()))) {
  const xs = tf.tensor(Float32Array.from(seen.images), [...seen.shape])
  const cam = gradCam(tf, model, xs, { layer: 'explained' })
  await overlay('out/what-it-looks-at.png', seen, cam)
  const right = cam.classes.filter((guess, i) => seen.labels[10 * i + guess] === 1).length
  console.log(`out/what-it-looks-at.png: ${right} of ${cam.classes.length} guessed rightly`)
  break
}
