// Batches in a loop, without TensorFlow.js: the arrays are yours until the next turn.
// node examples/for-await.js
import { batch, cifar10, normalize, prefetch, randomFlip, toAsyncIterable } from 'millrace'

const batches = cifar10({ split: 'test', seed: 7, shuffle: true }).pipe(
  randomFlip(),
  batch(100),
  normalize(),
  prefetch()
)

for await (const { index, images, labels, shape, info } of toAsyncIterable(batches)) {
  const mean = images.reduce((sum, value) => sum + value, 0) / images.length
  const first = info.classNames[labels.subarray(0, info.classes).indexOf(1)]
  console.log(`batch ${index} of ${shape.join(' × ')}: mean ${mean.toFixed(3)}, first image: ${first}`)
  // Leaving the loop unsubscribes, stops the workers and lets the process end.
  if (index === 4) break
}
console.log('done: 5 batches')
