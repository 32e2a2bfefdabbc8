/** What the README promises of whole pipelines. */
import { createHash } from 'node:crypto'
import {
  arrays,
  type Batch,
  batch,
  type Cursor,
  cutMix,
  cutout,
  mixUp,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  toAsyncIterable
} from 'millrace'
import { take, tap } from 'rxjs'
import { describe, expect, test } from 'vitest'

const SIZE = 210
const images = Uint8Array.from({ length: SIZE * 16 * 16 * 3 }, (_, i) => (i * 2654435761) >>> 24)
const labels = Array.from({ length: SIZE }, (_, i) => i % 7)

type SourceOptions = Partial<Parameters<typeof arrays>[0]>
const BATCHES = 30 // of 15 samples: 14 an epoch, and two of the third epoch

function plans(options: SourceOptions = { seed: 5, shuffle: true, epochs: 3 }, size = 15) {
  return arrays({ images, labels, shape: [16, 16, 3], classes: 7, ...options }).pipe(
    randomCrop(14, { padding: 2 }),
    randomFlip(),
    cutout({ fill: 'noise' }),
    batch(size),
    mixUp({ granularity: 'sample' }),
    cutMix({ p: 0.5 }),
    normalize()
  )
}

const digest = ({ images, labels, keys }: Batch): string =>
  createHash('sha256').update(images).update(labels).update(keys.join()).digest('hex')

async function digests(batches: ReturnType<typeof plans>, depth = 2, workers = 2, count = BATCHES) {
  const list: string[] = []
  const cursors: Cursor[] = []
  for await (const made of toAsyncIterable(batches.pipe(take(count), prefetch(depth, { workers })))) {
    list.push(digest(made))
    cursors.push(JSON.parse(JSON.stringify(made.cursor)))
  }
  return { list, cursors }
}

describe('the same seed gives the same bytes', () => {
  test('with any number of workers and any depth, and other bytes with another seed', async () => {
    const { list } = await digests(plans(), 1, 0)
    expect(new Set(list).size).toBe(BATCHES)
    for (const [depth, workers] of [
      [1, 1],
      [4, 2],
      [7, 3]
    ]) {
      expect((await digests(plans(), depth, workers)).list).toEqual(list)
    }
    expect((await digests(plans({ seed: 6, shuffle: true, epochs: 3 }))).list[0]).not.toBe(list[0])
  })

  test('after a resume, within an epoch and between two', async () => {
    const { list, cursors } = await digests(plans())
    for (const stop of [1, 9, 14, 15, 28]) {
      const rest = await digests(plans({ resume: cursors[stop - 1] }), 3, 1, BATCHES - stop)
      expect(rest.list).toEqual(list.slice(stop))
    }
  })

  test('and a cursor has the same size, however far the run is', async () => {
    const { cursors } = await digests(plans({ seed: 5, shuffle: true, epochs: Infinity }))
    const lengths = cursors.map(cursor => JSON.stringify(cursor).length)
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(8)
  })
})

test('shards share one order: together they read each sample once', async () => {
  const keys: string[] = []
  for (const index of [0, 1, 2]) {
    const source = plans({ seed: 5, shuffle: true, shard: { index, count: 3 } }, 10)
    for await (const made of toAsyncIterable(source)) keys.push(...made.keys)
  }
  expect(keys).toHaveLength(SIZE)
  expect(new Set(keys).size).toBe(SIZE)
})

test('the source runs no further ahead than the prefetch and the batch that is used', async () => {
  let planned = 0
  let used = 0
  const counted = plans({ seed: 5, epochs: Infinity }).pipe(tap(() => planned++))
  for await (const _ of toAsyncIterable(counted.pipe(prefetch(3, { workers: 1 })))) {
    used++
    await new Promise(resolve => setImmediate(resolve))
    expect(planned - used).toBeLessThanOrEqual(3 + 2)
    if (used === 40) break
  }
  const atBreak = planned
  await new Promise(resolve => setImmediate(resolve))
  expect(planned).toBe(atBreak)
})
