/** Batch normalisation in the workers, its moving averages in the order of the batches, and tfjs as the measure. */
import * as tf from '@tensorflow/tfjs'
import {
  arrays,
  batch,
  batchNormalization,
  type Cursor,
  mixUp,
  normalize,
  prefetch,
  randomFlip,
  toAsyncIterable,
  toTensors
} from 'millrace'
import type { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { loadTfjsNode } from '../support/tfjs.js'
import { small } from './support.js'

const node = await loadTfjsNode()

const plans = (options: object = {}) =>
  small(40, { epochs: 2, ...options }).pipe(randomFlip(), batch(9), mixUp(), batchNormalization({ momentum: 0.8 }))

async function made(pipeline: ReturnType<typeof plans>, options: Parameters<typeof prefetch>[1] = {}, depth = 2) {
  const all: { images: Float32Array; statistics: unknown; cursor: Cursor }[] = []
  for await (const { images, statistics, cursor } of toAsyncIterable(pipeline.pipe(prefetch(depth, options)))) {
    all.push({
      images: images.slice() as Float32Array,
      statistics,
      cursor: JSON.parse(JSON.stringify(cursor)) as Cursor
    })
  }
  return all
}

test('equals tf.layers.batchNormalization in training', async () => {
  const source = small(12, { epochs: 1, shuffle: false })
  let raw: Float32Array | undefined
  for await (const { images } of toAsyncIterable(source.pipe(batch(12), normalize({ mean: [0], std: [1] })))) {
    raw = images.slice() as Float32Array
  }
  const layer = tf.layers.batchNormalization({ epsilon: 0.002, momentum: 0.7 })
  const expected = layer.apply(tf.tensor(raw!, [12, 12, 10, 3]), { training: true }) as tf.Tensor
  const moving = layer
    .getWeights()
    .slice(-2)
    .map(weight => [...weight.dataSync()])

  const plan = source.pipe(batch(12), batchNormalization({ epsilon: 0.002, momentum: 0.7 }))
  for await (const { images, statistics } of toAsyncIterable(plan)) {
    const values = expected.dataSync()
    const distance = (images as Float32Array).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - values[i]!)),
      0
    )
    expect(distance).toBeLessThan(1e-5)
    for (const [i, numbers] of [statistics!.moving.mean, statistics!.moving.variance].entries()) {
      for (const [c, value] of numbers.entries()) expect(value).toBeCloseTo(moving[i]![c]!, 6)
    }
  }
})

test('every channel of a batch has mean 0 and, but for epsilon, variance 1', async () => {
  for (const { images } of await made(plans())) {
    for (let c = 0; c < 3; c++) {
      const values = images.filter((_, i) => i % 3 === c)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
      expect(Math.abs(mean)).toBeLessThan(1e-5)
      expect(variance).toBeGreaterThan(0.97)
      expect(variance).toBeLessThan(1)
    }
  }
})

test('bytes and moving averages are the same for any number of workers and depth', async () => {
  const expected = await made(plans(), { workers: 0 })
  expect(expected).toHaveLength(10)
  expect(await made(plans(), { workers: 2 }, 5)).toEqual(expected)
  expect(await made(plans(), { workers: 4 }, 1)).toEqual(expected)
})

test('the cursor carries the moving averages', async () => {
  const whole = await made(plans())
  for (const i of [0, 3, 4, 7]) {
    const { cursor } = whole[i]!
    expect(JSON.stringify(cursor).length).toBeLessThan(2000)
    expect(await made(plans({ seed: undefined, shuffle: undefined, resume: cursor }))).toEqual(whole.slice(i + 1))
  }
  const damaged = { ...whole[0]!.cursor, moving: { mean: ['a'], variance: [1] } }
  expect(() => plans({ resume: damaged })).toThrow(/damaged cursor: its `moving`/)
})

test('frozen: every batch by the same numbers, which stand nowhere in the cursor', async () => {
  const frozen = { mean: [0.4, 0.5, 0.6], variance: [0.04, 0.05, 0.06] }
  const std = frozen.variance.map(value => Math.sqrt(value + 0.001))
  const source = () => small(20, { epochs: 1 })
  const first = async (pipeline: Observable<never> | ReturnType<typeof plans>) => (await made(pipeline as never))[0]!
  const one = await first(source().pipe(batch(20), batchNormalization({ frozen })))
  const other = await first(source().pipe(batch(20), normalize({ mean: frozen.mean, std })))
  expect(one.images).toEqual(other.images)
  expect([one.statistics, one.cursor.moving]).toEqual([undefined, undefined])
})

test.skipIf(node.tf === undefined)(
  `the device normalises bytes by the same numbers ${node.reason ?? ''}`.trim(),
  async () => {
    const images = Uint8Array.from({ length: 4 * 8 * 8 }, (_, i) => (i * 29) % 251)
    const source = arrays({ images, labels: [0, 1, 0, 1], shape: [8, 8, 1], classes: 2, seed: 1 })
    const normalized = source.pipe(batch(4), batchNormalization())
    const [whole] = await made(normalized)
    for await (const { xs, statistics } of toAsyncIterable(
      normalized.pipe(prefetch(1), toTensors<tf.Tensor>(node.tf as never))
    )) {
      expect(statistics).toEqual(whole!.statistics)
      for (const [i, value] of xs.dataSync().entries()) expect(value).toBeCloseTo(whole!.images[i]!, 5)
    }
  }
)

test('wrong settings', async () => {
  expect(() => batchNormalization({ momentum: 2 })).toThrow(/`momentum` must be a finite number between 0 and 1/)
  expect(() => batchNormalization({ frozen: { mean: [0], variance: [1, 2] } })).toThrow(
    /`frozen.variance` must be as long/
  )
  const twice = small(4, { epochs: 1 }).pipe(batch(4), normalize(), batchNormalization())
  await expect(made(twice)).rejects.toThrow(/normalised once, not twice/)
})
