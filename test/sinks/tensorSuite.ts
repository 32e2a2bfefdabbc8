/** What holds of `toTensors` and what follows it, on every backend. */

import type { Tensor } from '@tensorflow/tfjs'
import { concatMap, firstValueFrom, lastValueFrom, map, Subject, take, toArray } from 'rxjs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { toAsyncIterable } from '#dist/sinks/toAsyncIterable.js'
import { toDataset } from '#dist/sinks/toDataset.js'
import { toTensors } from '#dist/sinks/toTensors.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { memoryBatch } from '../support/batches.js'
import { memorySource } from '../support/memorySource.js'
import type { Tf } from '../support/tfjs.js'
import { settled } from '../support/turns.js'

const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

export function tensorSuite(tf: Tf): void {
  let before: number

  beforeEach(() => {
    before = tf.memory().numTensors
  })

  afterEach(() => {
    expect(tf.memory().numTensors - before, 'tensors left behind').toBe(0)
  })

  const values = ({ images }: { images: Uint8Array | Float32Array }): number[] => [...images]

  it.each([
    { format: 'uint8', normalization },
    { format: 'float32', normalization },
    { format: 'uint8', normalization: undefined }
  ] as const)('uploads $format batches with their values and labels ($normalization)', async options => {
    const { source, held } = memorySource({ ...options, batches: 3 })
    const seen = await lastValueFrom(
      source.pipe(
        toTensors(tf),
        trainStep(async ({ xs, ys, index, keys, cursor, last }) => {
          const [images, labels] = [await xs.data(), await ys.data()]
          return { images, labels, shapes: [xs.shape, ys.shape], dtype: xs.dtype, index, keys, cursor, last }
        }),
        toArray()
      )
    )
    expect(seen.map(({ index, last }) => [index, last])).toEqual([
      [0, false],
      [1, false],
      [2, true]
    ])
    for (const { images, labels, shapes, dtype, index, keys, cursor } of seen) {
      const wanted = memoryBatch({ index, format: options.normalization ? 'float32' : 'uint8', normalization })
      const wantedImages = values(wanted)
      const worst = Math.max(
        ...wantedImages.map((value, i) => Math.abs(value - images[i]!) / Math.max(1, Math.abs(value)))
      )
      expect(worst).toBeLessThanOrEqual(1e-6)
      expect(images.length).toBe(wantedImages.length)
      expect([...labels]).toEqual([...wanted.labels])
      expect(shapes).toEqual([
        [4, 8, 8, 3],
        [4, 5]
      ])
      expect(dtype).toBe('float32')
      expect(keys).toEqual(wanted.keys)
      expect(cursor).toEqual(wanted.cursor)
    }
    expect(held()).toBe(0)
  })

  it.each([
    { format: 'uint8', normalization },
    { format: 'float32', normalization },
    { format: 'uint8', normalization: undefined }
  ] as const)('gives tensors that no later batch writes to: $format, $normalization', async options => {
    const { source, slots } = memorySource({ ...options, size: 32, batches: 12 })
    let reshaped: Tensor | undefined
    let labels: Tensor | undefined
    await forEachBatch(source.pipe(toTensors(tf)), async ({ xs, ys, index }) => {
      if (index === 0) [reshaped, labels] = [xs.reshape([4, -1]), ys.reshape([-1])]
      else tf.add(xs, 1).dispose()
    })
    const wanted = memoryBatch({ size: 32, format: options.normalization ? 'float32' : 'uint8', normalization })
    const got = await reshaped!.data()
    const worst = values(wanted).reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0)
    expect(worst).toBeLessThan(5e-6)
    expect([...(await labels!.data())]).toEqual([...wanted.labels])
    expect(slots()).toBeLessThanOrEqual(3)
    tf.dispose([reshaped!, labels!])
  })

  it('holds the number of tensors level over 200 batches', async () => {
    const { source, slots, held } = memorySource({ batches: 200, n: 2, normalization })
    const counts = await lastValueFrom(
      source.pipe(
        toTensors(tf),
        trainStep(() => tf.memory().numTensors),
        toArray()
      )
    )
    expect(counts.length).toBe(200)
    expect(Math.max(...counts) - before).toBeLessThanOrEqual(4)
    expect(slots()).toBeLessThanOrEqual(3)
    expect(held()).toBe(0)
  })

  it('disposes once, and leaves alone what the user disposed or reshaped', async () => {
    const batch = await firstValueFrom(memorySource({ normalization }).source.pipe(toTensors(tf)))
    const view = batch.xs.reshape([-1])
    batch.xs.dispose()
    batch.dispose()
    batch.dispose()
    expect(batch.ys.isDisposed).toBe(true)
    expect((await view.data()).length).toBe(4 * 8 * 8 * 3)
    view.dispose()
  })

  it('disposes what a map put into the batch', async () => {
    const sums = await lastValueFrom(
      memorySource({ batches: 3 }).source.pipe(
        toTensors(tf),
        map(batch => ({ ...batch, xs: tf.mul(batch.xs, 2) })),
        trainStep(({ xs, cursor }) => {
          expect(cursor.version).toBe(1)
          return xs.shape
        }),
        toArray()
      )
    )
    expect(sums.length).toBe(3)
  })

  it('leaves tensors to the user with keep, also after a map', async () => {
    const kept: Tensor[] = []
    const { source, held } = memorySource({ batches: 3 })
    const tensors = source.pipe(
      toTensors(tf, { keep: true }),
      map(batch => ({ ...batch }))
    )
    await forEachBatch(tensors, ({ xs, ys }) => kept.push(xs, ys))
    expect(kept.map(tensor => tensor.isDisposed)).toEqual(Array(6).fill(false))
    expect(held()).toBe(0)
    tf.dispose(kept)
  })

  it('disposes the batch when the step fails, and stops the source', async () => {
    const { source, held, open } = memorySource({ batches: 10 })
    const failing = source.pipe(
      toTensors(tf),
      trainStep(async (_, index) => {
        if (index === 2) throw new Error('the step failed')
      })
    )
    await expect(lastValueFrom(failing)).rejects.toThrow('the step failed')
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('disposes what was uploaded ahead when the subscriber leaves', async () => {
    const { source, held, open } = memorySource({ batches: 10 })
    const gate = new Subject<void>()
    const arrived = new Promise<void>(resolve => {
      const subscription = source
        .pipe(
          toTensors(tf),
          trainStep(async () => {
            await settled()
            resolve()
            await firstValueFrom(gate)
          })
        )
        .subscribe()
      gate.subscribe(() => subscription.unsubscribe())
    })
    await arrived
    expect(tf.memory().numTensors - before).toBeGreaterThan(2)
    gate.next()
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('gives tensors to a plain subscriber, who disposes them', async () => {
    const shapes = await lastValueFrom(
      memorySource({ batches: 5 }).source.pipe(
        toTensors(tf),
        take(2),
        concatMap(async batch => {
          const { shape } = batch.xs
          batch.dispose()
          return shape
        }),
        toArray()
      )
    )
    expect(shapes).toEqual([
      [4, 8, 8, 3],
      [4, 8, 8, 3]
    ])
  })

  it('disposes the batch before when the next one is asked for, and at a break', async () => {
    const { source, held, open } = memorySource({ batches: 10 })
    const seen: Tensor[] = []
    for await (const { xs, index } of toAsyncIterable(source.pipe(toTensors(tf)))) {
      expect(seen.map(tensor => tensor.isDisposed)).toEqual(Array(index).fill(true))
      seen.push(xs)
      expect(xs.isDisposed).toBe(false)
      if (index === 3) break
    }
    await settled()
    expect(seen.every(tensor => tensor.isDisposed)).toBe(true)
    expect([held(), open()]).toEqual([0, 0])
  })

  it('trains with fitDataset, one epoch an iterator, over one subscription', async () => {
    const { source, made, held, open } = memorySource({
      batches: 6,
      epochs: 3,
      n: 10,
      size: 4,
      classes: 2,
      normalization
    })
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [4, 4, 3] }),
        tf.layers.dense({
          units: 2,
          activation: 'softmax',
          kernelInitializer: tf.initializers.glorotUniform({ seed: 1 })
        })
      ]
    })
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy' })
    // Class 1 is brighter: something to learn.
    const separable = source.pipe(
      toTensors(tf),
      map(batch => ({ ...batch, xs: tf.tidy(() => batch.xs.add(batch.ys.slice([0, 1]).reshape([10, 1, 1, 1]))) }))
    )
    const dataset = toDataset(separable)
    const batchesInEpoch: number[] = []
    const history = await model.fitDataset(dataset, {
      epochs: 3,
      verbose: 0,
      callbacks: {
        onBatchEnd: async batch => {
          batchesInEpoch[batch] = (batchesInEpoch[batch] ?? 0) + 1
        }
      }
    })
    const losses = history.history.loss as number[]
    expect(batchesInEpoch).toEqual([3, 3, 3, 3, 3, 3])
    expect(losses[2]!).toBeLessThan(losses[0]! * 0.7)
    expect(made.length).toBe(18)
    expect(await (await dataset.iterator()).next()).toEqual({ done: true, value: undefined })
    await dataset.close()
    model.dispose()
    model.optimizer.dispose()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('leaves nothing behind where training stops early', async () => {
    const { source, held, open } = memorySource({ batches: 6, epochs: 3, n: 2, size: 4, classes: 2 })
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 2 })]
    })
    model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' })
    const dataset = toDataset(source.pipe(toTensors(tf)))
    await model.fitDataset(dataset, {
      epochs: 3,
      verbose: 0,
      callbacks: {
        onBatchEnd: async batch => {
          model.stopTraining = batch === 2
        }
      }
    })
    await dataset.close()
    model.dispose()
    model.optimizer.dispose()
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('runs one iterator through all epochs where batchesPerEpoch asks for it', async () => {
    const { source } = memorySource({ batches: 4, epochs: 2, n: 2, size: 4, classes: 2 })
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 2 })]
    })
    model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' })
    const dataset = toDataset(source.pipe(toTensors(tf)), { joinEpochs: true })
    let steps = 0
    await model.fitDataset(dataset, {
      epochs: 4,
      batchesPerEpoch: 2,
      verbose: 0,
      callbacks: {
        onBatchEnd: async () => {
          steps++
        }
      }
    })
    expect(steps).toBe(8)
    await dataset.close()
    model.dispose()
    model.optimizer.dispose()
  })
}
