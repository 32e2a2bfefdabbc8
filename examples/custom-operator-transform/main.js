// A custom operator, the second way: a transform that runs in the workers like the built-in ones.
// node examples/custom-operator-transform/main.js
import { createHash } from 'node:crypto'
import { batch, cifar10, describe, forEachBatch, prefetch, randomFlip } from 'millrace'
import { firstValueFrom, take } from 'rxjs'
import { solarize } from './solarize.js'

const samples = cifar10({ split: 'test', seed: 7, shuffle: true }).pipe(take(400), randomFlip(), solarize({ p: 0.3 }))

// The draws can be told without making any pixels.
const { steps } = await describe(await firstValueFrom(samples))
for (const { name, params } of steps) console.log(`${name}:`, params ?? 'leaves the first image as it is')

// The same bytes with any number of workers.
const digests = []
for (const workers of [0, 1, 2]) {
  const hash = createHash('sha256')
  await forEachBatch(samples.pipe(batch(100), prefetch(2, { workers })), ({ images }) => hash.update(images))
  digests.push(hash.digest('hex').slice(0, 16))
  console.log(`${workers} workers: ${digests.at(-1)}`)
}
console.log(`same bytes: ${new Set(digests).size === 1}`)
