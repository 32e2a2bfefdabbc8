// Stop anywhere, store the cursor, and go on with the very same bytes.
// node examples/resume.js
import { createHash } from 'node:crypto'
import { batch, cifar10, cutMix, prefetch, randomCrop, randomFlip, toAsyncIterable } from 'millrace'

const pipeline = options =>
  cifar10({ split: 'test', ...options }).pipe(
    randomCrop(32, { padding: 4 }),
    randomFlip(),
    batch(64),
    cutMix(),
    prefetch(4)
  )

// One run that is not interrupted.
const whole = await digests(pipeline({ seed: 7, shuffle: true }), 10)

// The same run, stopped after 4 batches. Later ones were made ahead by then; they will be made again.
let checkpoint
const before = await digests(pipeline({ seed: 7, shuffle: true }), 4, ({ cursor }) => {
  checkpoint = JSON.stringify(cursor) // beside the weights of the model
})
console.log(`checkpoint of ${checkpoint.length} bytes: ${checkpoint}`)

// Another process, later: the cursor knows the seed and the order too.
const after = await digests(pipeline({ resume: JSON.parse(checkpoint) }), 6)

const same = [...before, ...after].join() === whole.join()
console.log(`4 batches, then ${after.length} after the resume: same bytes ${same}`)
if (!same) process.exitCode = 1

async function digests(batches, count, use = () => {}) {
  const list = []
  for await (const batch of toAsyncIterable(batches)) {
    list.push(createHash('sha256').update(batch.images).update(batch.labels).digest('hex'))
    use(batch)
    if (list.length === count) break
  }
  return list
}
