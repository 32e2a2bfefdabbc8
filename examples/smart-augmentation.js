// A network that merges digits of one class, trained together with a classifier that learns from what it makes.
// node examples/smart-augmentation.js
import { batch, mnist, normalize, sameClassTuples, smartAugmentation, toAsyncIterable, toTensors } from 'millrace'
import { loadTensorFlow } from './loadTensorFlow.js'

const tf = await loadTensorFlow()
const kernel = seed => ({ kernelInitializer: tf.initializers.heNormal({ seed }) })
const size = { inputShape: [28, 28, 1], filters: 8, kernelSize: 3, strides: 2 }
const classifier = tf.sequential({
  layers: [
    tf.layers.conv2d({ ...size, activation: 'relu', ...kernel(1) }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: 'softmax', ...kernel(2) })
  ]
})
const smart = smartAugmentation(tf, { classifier, k: 2, seed: 3, optimizer: tf.train.adam(0.002) })

const tuples = mnist({ split: 'train', subset: [0, 0.1], seed: 7, shuffle: true }).pipe(
  sameClassTuples(2), // 28 × 28 × 3: two inputs and a target, of one class
  batch(16),
  normalize({ mean: [0], std: [1] }), // pixels from 0 to 1
  toTensors(tf)
)
for await (const { xs, ys, index } of toAsyncIterable(tuples)) {
  const { loss, lossA, lossB } = await smart.step({ xs, ys })
  const losses = `${loss.toFixed(3)} = 0.3 × ${lossA.toFixed(3)} + 0.7 × ${lossB.toFixed(3)}`
  if (index % 8 === 0) console.log(`batch ${index}: ${losses}`)
  if (index === 32) break
}
smart.dispose()
console.log('only the classifier is needed from here on')
