import type * as tfjs from '@tensorflow/tfjs'
import { lastValueFrom, type Observable, of } from 'rxjs'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Batch, BatchPlan, TensorBatch } from '#dist/batch.js'
import { cutMix } from '#dist/operators/cutMix.js'
import { prefetch } from '#dist/operators/prefetch.js'
import { contactSheet } from '#dist/sinks/contactSheet.js'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { toAsyncIterable } from '#dist/sinks/toAsyncIterable.js'
import { type TensorDataset, toDataset } from '#dist/sinks/toDataset.js'
import { toTensors } from '#dist/sinks/toTensors.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { memorySource } from '../support/memorySource.js'
import { loadTfjsCpu } from '../support/tfjs.js'
import { deferred, settled } from '../support/turns.js'

const tf = await loadTfjsCpu()

describe('toTensors', () => {
  it.each([null, undefined, {}, 'tf', Promise.resolve(tf)])('refuses %s as TensorFlow.js', given => {
    expect(() => toTensors(given as never)).toThrow(/toTensors: `tf` must be TensorFlow.js, as in `import \* as tf/)
  })

  it('refuses options that it does not know', () => {
    expect(() => toTensors(tf, { dispose: false } as never)).toThrow(/toTensors: `dispose` must be one of/)
    expect(() => toTensors(tf, { keep: 'yes' } as never)).toThrow(/toTensors: `keep` must be/)
    expect(() => toTensors(tf, { ahead: 0 })).toThrow(/toTensors: `ahead` must be/)
  })

  it.each([undefined, 1, 3])(
    'has as many batches on the device ahead of the step as were asked for: %s',
    async ahead => {
      const before = tf.memory().numTensors
      const { source, made, slots } = memorySource({ batches: 9 })
      const counts: number[][] = []
      const step = trainStep<TensorBatch<tfjs.Tensor>, void>(async () => {
        await settled()
        counts.push([made.length, (tf.memory().numTensors - before) / 2])
      })
      await lastValueFrom(source.pipe(toTensors(tf, { ahead }), step))
      const most = 1 + (ahead ?? 1)
      // All that were made are on the device: none waits with its memory.
      expect(counts).toEqual(counts.map((_, i) => [Math.min(9, i + most), Math.min(9 - i, most)]))
      expect(counts.length).toBe(9)
      expect(slots()).toBeLessThanOrEqual(most)
    }
  )

  it('warns once where nobody disposes', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', listen)
    const alive: TensorBatch<tfjs.Tensor>[] = []
    const subscription = memorySource({ batches: 200, n: 1, size: 1 })
      .source.pipe(toTensors(tf))
      .subscribe(batch => alive.push(batch))
    while (alive.length < 200) await settled(1)
    subscription.unsubscribe()
    await settled()
    process.off('warning', listen)
    expect(warnings.filter(message => message.startsWith('toTensors'))).toEqual([
      expect.stringMatching(/more than 64 batches.*trainStep\(\).*dispose\(\)/)
    ])
    for (const batch of alive) batch.dispose()
  })

  it('does not warn of batches that are disposed late, by whatever means', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', listen)
    let count = 0
    const alive: TensorBatch<tfjs.Tensor>[] = []
    memorySource({ batches: 300, n: 1, size: 1 })
      .source.pipe(toTensors(tf))
      .subscribe(batch => {
        count++
        alive.push(batch)
        if (alive.length > 60) for (const { xs, ys } of alive.splice(0)) tf.dispose([xs, ys])
      })
    while (count < 300) await settled(1)
    for (const batch of alive) batch.dispose()
    await settled()
    process.off('warning', listen)
    expect(warnings.filter(message => message.startsWith('toTensors'))).toEqual([])
  })

  it('uploads nothing for a subscriber who left while the backend was getting ready', async () => {
    const { source, held } = memorySource({ batches: 3 })
    const ready = deferred()
    let uploads = 0
    const slow = {
      ...tf,
      ready: () => ready.promise,
      tensor: (values: Float32Array, shape: number[], dtype: 'float32') => {
        uploads++
        return tf.tensor(values, shape, dtype)
      }
    }
    const subscription = source.pipe(toTensors(slow)).subscribe()
    await settled()
    subscription.unsubscribe()
    ready.resolve()
    await settled()
    expect([uploads, held()]).toEqual([0, 0])
  })

  it('frees the batch, and the labels on the device, where an upload fails', async () => {
    const { source, held, open } = memorySource({ batches: 3 })
    const before = tf.memory().numTensors
    const broken = {
      ...tf,
      tensor: (values: Float32Array, shape: number[], dtype: 'float32') => {
        if (shape.length === 4) throw new Error('out of memory')
        return tf.tensor(values, shape, dtype)
      }
    }
    await expect(forEachBatch(source.pipe(toTensors(broken)), () => {})).rejects.toThrow('out of memory')
    await settled()
    expect(tf.memory().numTensors).toBe(before)
    expect([held(), open()]).toEqual([0, 0])
  })
})

describe('types', () => {
  it('say what flows', () => {
    const plans = of() as Observable<BatchPlan>
    const batches = of() as Observable<Batch>
    const tensors = batches.pipe(toTensors(tf))
    expectTypeOf(tensors).toEqualTypeOf<Observable<TensorBatch<tfjs.Tensor>>>()
    expectTypeOf(plans.pipe(toTensors(tf))).toEqualTypeOf<Observable<TensorBatch<tfjs.Tensor>>>()
    expectTypeOf(plans.pipe(contactSheet('sheet.png'))).toEqualTypeOf<Observable<Batch>>()

    tensors.pipe(
      trainStep(batch => {
        expectTypeOf(batch).toEqualTypeOf<TensorBatch<tfjs.Tensor>>()
      })
    )
    plans.pipe(
      trainStep(batch => {
        expectTypeOf(batch).toEqualTypeOf<Batch>()
      })
    )
    const step = trainStep(async ({ index }: TensorBatch<tfjs.Tensor>) => index)
    expectTypeOf(tensors.pipe(step)).toEqualTypeOf<Observable<number>>()
    expectTypeOf(toAsyncIterable(plans)).toEqualTypeOf<AsyncIterable<Batch>>()
    expectTypeOf(toAsyncIterable(tensors)).toEqualTypeOf<AsyncIterable<TensorBatch<tfjs.Tensor>>>()
    expectTypeOf(toDataset(tensors)).toEqualTypeOf<TensorDataset<tfjs.Tensor>>()
    expectTypeOf(toDataset(tensors)).toExtend<Parameters<tfjs.LayersModel['fitDataset']>[0]>()

    // @ts-expect-error batch operators extend plans
    plans.pipe(prefetch(), cutMix())
    // @ts-expect-error batches are no tensors
    toDataset(batches)
    // @ts-expect-error tensors are no batches
    tensors.pipe(contactSheet('sheet.png'))
    // @ts-expect-error tensors are no batches
    tensors.pipe(toTensors(tf))
  })
})
