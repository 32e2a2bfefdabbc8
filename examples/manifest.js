// A data set that a CSV lists: labels by name, boxes that move with the pixels.
// node examples/manifest.js
import { fileURLToPath } from 'node:url'
import { batch, forEachBatch, manifest, randomFlip, resize } from 'millrace'

const here = name => fileURLToPath(new URL(name, import.meta.url))

const photos = manifest(here('photos.csv'), {
  image: 'photo',
  label: 'kind',
  root: here('../docs/photos'),
  shuffle: true,
  seed: 7,
  epochs: 2
})
const { classNames, size } = await photos.info()
console.log(`${size} photos of the classes ${classNames.join(', ')}`)

await forEachBatch(photos.pipe(resize(64), randomFlip(), batch(4)), ({ keys, labels, boxes, epoch }) => {
  for (const [i, key] of keys.entries()) {
    const { x1, x2 } = boxes[i][0]
    const kind = classNames[labels[2 * i] === 1 ? 0 : 1]
    console.log(`epoch ${epoch}: ${key} is ${kind}, its first box reaches from ${x1.toFixed(1)} to ${x2.toFixed(1)}`)
  }
})
