import { concat, from, lastValueFrom, NEVER, of, throwError, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Batch } from '#dist/batch.js'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { toAsyncIterable } from '#dist/sinks/toAsyncIterable.js'
import { toDataset } from '#dist/sinks/toDataset.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { memorySource } from '../support/memorySource.js'
import { deferred, settled } from '../support/turns.js'

describe('trainStep', () => {
  it('runs one step at a time, in order, and emits its results', async () => {
    const { source, held } = memorySource({ batches: 6 })
    let running = 0
    const results = await lastValueFrom(
      source.pipe(
        trainStep(async (batch, count) => {
          expect(++running).toBe(1)
          await settled(1 + (count % 3))
          running--
          return [batch.index, count, batch.images.length]
        }),
        toArray()
      )
    )
    expect(results).toEqual(Array.from({ length: 6 }, (_, i) => [i, i, 4 * 8 * 8 * 3]))
    expect(held()).toBe(0)
  })

  it('holds the source back while a step runs', async () => {
    const { source, made } = memorySource({ batches: 1000 })
    const step = deferred()
    const subscription = source.pipe(trainStep(() => step.promise)).subscribe()
    await settled()
    expect(made.length).toBe(1)
    subscription.unsubscribe()
    step.resolve()
  })

  it('releases the batch after the step, also after one that throws at once', async () => {
    const { source, made, open } = memorySource({ batches: 10 })
    const failing = source.pipe(
      trainStep(({ index, released }: Batch & { released?: number }) => {
        expect(released).toBe(0)
        if (index === 3) throw new Error('no')
      })
    )
    await expect(lastValueFrom(failing)).rejects.toThrow('no')
    await settled()
    expect(made.map(batch => batch.released)).toEqual(made.map(() => 1))
    expect(open()).toBe(0)
  })

  it('waits for a step that runs when the subscriber leaves, then releases its batch', async () => {
    const { source, made } = memorySource({ batches: 10 })
    const step = deferred()
    const subscription = source.pipe(trainStep(() => step.promise)).subscribe()
    await settled()
    subscription.unsubscribe()
    expect(made[0]!.released).toBe(0)
    step.resolve()
    await settled()
    expect(made.map(batch => batch.released)).toEqual([1])
  })

  it('does not lose a falsy rejection', async () => {
    const failing = memorySource().source.pipe(trainStep(() => Promise.reject(undefined)))
    await expect(lastValueFrom(failing)).rejects.toBe(undefined)
  })

  it('counts anew for each subscription, and takes items of any kind', async () => {
    const step = from(['a', 'b']).pipe(trainStep((item, index) => `${item}${index}`))
    expect(await lastValueFrom(step.pipe(toArray()))).toEqual(['a0', 'b1'])
    expect(await lastValueFrom(step.pipe(toArray()))).toEqual(['a0', 'b1'])
  })

  it('refuses what is no function', () => {
    expect(() => trainStep('step' as never)).toThrow(/trainStep: `step` must be a function/)
  })
})

describe('toAsyncIterable', () => {
  it('releases each batch when the next is asked for', async () => {
    const { source, made } = memorySource({ batches: 5 })
    for await (const { index, images } of toAsyncIterable(source)) {
      expect(images).toBe(made[index]!.images)
      expect(made.slice(0, index + 1).map(batch => batch.released)).toEqual([...Array(index).fill(1), 0])
    }
    expect(made.map(batch => batch.released)).toEqual([1, 1, 1, 1, 1])
  })

  it('unsubscribes and releases at a break, and reads no further than one ahead', async () => {
    const { source, made, held, open } = memorySource({ batches: 1000 })
    for await (const { index } of toAsyncIterable(source)) {
      await settled()
      if (index === 2) break
    }
    await settled()
    expect([held(), open()]).toEqual([0, 0])
    expect(made.length).toBeLessThanOrEqual(4)
  })

  it('gives an error after the items before it, then ends', async () => {
    const { source, held } = memorySource({ batches: 10, failAfter: 2 })
    const iterator = toAsyncIterable(source)[Symbol.asyncIterator]()
    expect((await iterator.next()).value?.index).toBe(0)
    await settled()
    expect((await iterator.next()).value?.index).toBe(1)
    await expect(iterator.next()).rejects.toThrow('the source failed')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(held()).toBe(0)
  })

  it('subscribes once for each iteration', async () => {
    const { source, made } = memorySource({ batches: 2 })
    const batches = toAsyncIterable(source)
    for (const total of [2, 4]) {
      for await (const _ of batches);
      expect(made.length).toBe(total)
    }
  })

  it('ends at once with the reason of its signal', async () => {
    const { source, held, open } = memorySource({ batches: 10 })
    const controller = new AbortController()
    const reason = new Error('enough')
    const iterator = toAsyncIterable(concat(source, NEVER), { signal: controller.signal })[Symbol.asyncIterator]()
    for (let i = 0; i < 10; i++) await iterator.next()
    const next = iterator.next()
    await settled()
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('does not subscribe under a signal that is aborted already', async () => {
    const { source, made } = memorySource()
    const iterator = toAsyncIterable(source, { signal: AbortSignal.abort() })[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(made.length).toBe(0)
  })

  it('refuses what is no Observable, and what is no signal', () => {
    expect(() => toAsyncIterable([] as never)).toThrow(/toAsyncIterable: `source` must be an Observable/)
    expect(() => toAsyncIterable(of(1), { signal: {} as never })).toThrow(/`signal` must be an AbortSignal/)
  })
})

describe('forEachBatch', () => {
  it('calls the function with one batch after the other and resolves at the end', async () => {
    const { source, made } = memorySource({ batches: 4 })
    const seen: number[][] = []
    await forEachBatch(source, async (batch, count) => {
      await settled(2)
      expect(made[batch.index]!.released).toBe(0)
      seen.push([batch.index, count])
    })
    expect(seen).toEqual([0, 1, 2, 3].map(i => [i, i]))
    expect(made.every(batch => batch.released === 1)).toBe(true)
  })

  it('rejects with what the function throws, having released everything', async () => {
    const { source, held, open } = memorySource({ batches: 10 })
    const failing = forEachBatch(source, async ({ index }) => {
      if (index === 2) throw null
    })
    await expect(failing).rejects.toBe(null)
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('stops the source at an abort, and rejects when the function is done with its batch', async () => {
    const { source, made, open } = memorySource({ batches: 10 })
    const controller = new AbortController()
    const step = deferred()
    const running = forEachBatch(source, () => step.promise, { signal: controller.signal })
    await settled()
    controller.abort()
    expect(open()).toBe(0)
    expect(made[0]!.released).toBe(0)
    step.resolve()
    await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(made.every(batch => batch.released === 1)).toBe(true)
  })

  it('rejects with an error of the source', async () => {
    const failing = throwError(() => new Error('bad'))
    await expect(forEachBatch(failing, () => {})).rejects.toThrow('bad')
  })
})

describe('toDataset', () => {
  it('refuses batches without tensors, and says what to do', async () => {
    const { source, held } = memorySource()
    const { next } = await toDataset(source as never).iterator()
    await expect(next()).rejects.toThrow(/toDataset: expected batches of tensors.*Put toTensors\(tf\)/)
    expect(held()).toBe(0)
  })

  it('begins an epoch where the number changes, although its end was taken away', async () => {
    const items = [
      { xs: 1, ys: 1, epoch: 0, last: false },
      { xs: 2, ys: 2, epoch: 1, last: false },
      { xs: 3, ys: 3, epoch: 1, last: true }
    ]
    const dataset = toDataset(from(items) as never)
    const epochs: unknown[][] = []
    for (let i = 0; i < 3; i++) {
      const { next } = await dataset.iterator()
      const epoch: unknown[] = []
      for (let result = await next(); !result.done; result = await next()) epoch.push(result.value.xs)
      epochs.push(epoch)
    }
    expect(epochs).toEqual([[1], [2, 3], []])
  })

  it('does not subscribe before the first batch is asked for', async () => {
    const { source, made } = memorySource()
    const dataset = toDataset(source as never)
    await dataset.iterator()
    await settled()
    expect(made.length).toBe(0)
    await dataset.close()
    expect(await (await dataset.iterator()).next()).toEqual({ done: true, value: undefined })
  })
})
