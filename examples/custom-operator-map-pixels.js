// A custom operator, the third way: a closure that sees the pixels, on the main thread. For what cannot be a module,
// such as a function over things that live there. custom-operator-rxjs.js and custom-operator-transform/ are the others.
// node examples/custom-operator-map-pixels.js
import { batch, cifar10, forEachBatch, mapPixels, prefetch, randomCrop, randomFlip } from 'millrace'
import { take } from 'rxjs'

const brightness = new Map()

/** Adds noise whose strength is in the closure, and takes notes. */
const noise = strength =>
  mapPixels((image, sample, rng) => {
    let sum = 0
    for (let i = 0; i < image.data.length; i++) {
      const value = Math.round(image.data[i] + strength * rng.normal())
      image.data[i] = Math.min(255, Math.max(0, value))
      sum += image.data[i]
    }
    brightness.set(sample.key, sum / image.data.length)
    return image
  })

const batches = cifar10({ split: 'test', seed: 7, shuffle: true }).pipe(
  take(200),
  randomFlip(), // in the workers
  noise(10), // here
  randomCrop(28), // in the workers again
  batch(100),
  prefetch()
)

await forEachBatch(batches, ({ keys, shape }) => {
  const values = keys.map(key => brightness.get(key))
  console.log(`${shape.join(' × ')}, brightness ${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`)
})
console.log(`saw the pixels of ${brightness.size} images`)
