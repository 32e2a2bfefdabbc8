import { take } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '#dist/handle.js'
import type { SampleItem } from '#dist/sources/item.js'
import { iterable } from '#dist/sources/iterable.js'
import { collect, cursorAt } from './collect.js'

function* items(epoch: number, n = 5): Generator<SampleItem> {
  for (let i = 0; i < n; i++) yield { image: `${epoch}/${i}.jpg`, label: i }
}

async function* later(epoch: number, n = 5): AsyncGenerator<SampleItem> {
  yield* items(epoch, n)
}

/** An iterable that notes what is done with it; `next` decides what comes. */
function noted(next: () => unknown, kind: symbol) {
  const log: string[] = []
  const iterator = {
    next: () => {
      log.push('next')
      return next()
    },
    return: () => {
      log.push('return')
      return kind === Symbol.asyncIterator ? Promise.resolve({ done: true }) : { done: true }
    }
  }
  return { log, factory: () => ({ [kind]: () => iterator }) as never }
}

const item = { image: 'a.jpg', label: 0 }

describe('iterable', () => {
  test.each([
    ['sync', items],
    ['async', later]
  ])('begins anew for each epoch (%s)', async (_, factory) => {
    const source = iterable(epoch => factory(epoch, 2), { epochs: 2, classes: 5 })
    const samples = await collect(source)
    expect(samples.map(s => [s.epoch, s.position, s.index, s.key, s.label])).toEqual([
      [0, 0, 0, '0', 0],
      [0, 1, 1, '1', 1],
      [1, 0, 0, '0', 0],
      [1, 1, 1, '1', 1]
    ])
    expect(samples.map(s => s.image)).toContainEqual({ kind: 'file', path: '1/1.jpg' })
    expect(await collect(source)).toEqual(samples)
    expect(await source.info()).toMatchObject({ name: 'iterable', size: undefined, classes: 5 })
    expect(sourceOf(samples[0]!.info)).toMatchObject({ size: undefined, sampleAt: undefined })
  })

  test.each([1, 2, 4])('is shared by %i shards', async count => {
    const whole = await collect(iterable(items, { epochs: 2 }))
    for (let index = 0; index < count; index++) {
      const part = await collect(iterable(later, { epochs: 2, shard: { index, count } }))
      expect(part.map(s => [s.epoch, s.index])).toEqual(
        whole.filter(s => s.position % count === index).map(s => [s.epoch, s.index])
      )
    }
  })

  test('resumes anywhere by skipping, on any number of shards', async () => {
    const whole = await collect(iterable(items, { epochs: 2, seed: 1 }))
    for (const [from, to] of [
      [1, 1],
      [2, 4],
      [4, 1]
    ] as const) {
      const info = await iterable(items, { epochs: 2, seed: 1, shard: { index: 0, count: from } }).info()
      for (let epoch = 0; epoch < 2; epoch++) {
        for (let position = 0; position < 5 + from; position += from) {
          const resume = cursorAt(info, { epoch, position })
          const parts = Array.from({ length: to }, (_, index) =>
            iterable(later, { resume, shard: { index, count: to } })
          )
          const seen = (await Promise.all(parts.map(collect))).flat().map(s => 10 * s.epoch + s.position)
          const expected = whole.filter(s => s.epoch > epoch || (s.epoch === epoch && s.position >= position))
          expect(seen.sort((a, b) => a - b)).toEqual(expected.map(s => 10 * s.epoch + s.position))
        }
      }
    }
  })

  test('skipped items are not looked at', async () => {
    const info = await iterable(items, { seed: 1 }).info()
    const broken = function* () {
      yield undefined as never
      yield item
    }
    expect((await collect(iterable(broken, { resume: cursorAt(info, { position: 1 }) }))).length).toBe(1)
    await expect(collect(iterable(broken))).rejects.toThrow(
      'iterable: item 0 must have the form { image, label, key? }'
    )
  })

  test.each([
    ['sync', Symbol.iterator, () => ({ value: item, done: false })],
    ['async', Symbol.asyncIterator, () => Promise.resolve({ value: item, done: false })]
  ])('skipping far lets other things happen, and can be stopped (%s)', async (_, kind, next) => {
    const info = await iterable(items, { seed: 1 }).info()
    const { log, factory } = noted(next, kind)
    const far = iterable(factory, { resume: cursorAt(info, { position: 2 ** 50 }) })
    const subscription = far.subscribe()
    await new Promise(resolve => setTimeout(resolve))
    subscription.unsubscribe()
    expect(log.at(-1)).toBe('return')
    const stopped = log.length
    await new Promise(resolve => setTimeout(resolve))
    expect(log.length).toBe(stopped)
  })

  test.each([
    ['sync', Symbol.iterator, () => ({ value: item, done: false })],
    ['async', Symbol.asyncIterator, () => Promise.resolve({ value: item, done: false })]
  ])('asks for one item at a time, and stops the iterator of whoever stops early (%s)', async (_, kind, next) => {
    const { log, factory } = noted(next, kind)
    await collect(iterable(factory).pipe(take(2)))
    expect(log).toEqual(['next', 'next', 'return'])
  })

  test('stops an iterator at once that never gives its next item', () => {
    const { log, factory } = noted(() => new Promise(() => {}), Symbol.asyncIterator)
    const subscription = iterable(factory).subscribe()
    expect(log).toEqual(['next'])
    subscription.unsubscribe()
    expect(log).toEqual(['next', 'return'])
  })

  test('stops the iterator where an item is none', async () => {
    const { log, factory } = noted(() => ({ value: 7, done: false }), Symbol.iterator)
    await expect(collect(iterable(factory))).rejects.toThrow('item 0 must have')
    expect(log).toEqual(['next', 'return'])
  })

  test('does not stop an iterator that has ended or failed by itself', async () => {
    const ended = noted(() => ({ value: undefined, done: true }), Symbol.iterator)
    expect(await collect(iterable(ended.factory))).toEqual([])
    const failed = noted(() => Promise.reject(new Error('line down')), Symbol.asyncIterator)
    await expect(collect(iterable(failed.factory))).rejects.toThrow('line down')
    expect([ended.log, failed.log]).toEqual([['next'], ['next']])
  })

  test('passes a falsy reason on', async () => {
    const { factory } = noted(() => Promise.reject(0), Symbol.asyncIterator)
    await expect(collect(iterable(factory))).rejects.toBe(0)
  })

  test('says when the factory gives the same, no, or too short an iterable', async () => {
    const once = items(0)
    await expect(collect(iterable(() => once, { epochs: 2 }))).rejects.toThrow(
      'epoch 1 is empty; the factory must make a new'
    )
    const empty = iterable(() => [], { epochs: Infinity })
    await expect(collect(empty)).rejects.toThrow('epoch 0 is empty')
    const short = iterable(() => [item], { epochs: Infinity, shard: { index: 1, count: 2 } })
    await expect(collect(short)).rejects.toThrow('epoch 0 has 1 items, none for shard 1 of 2')
    const promise = iterable((async () => [item]) as never)
    await expect(collect(promise)).rejects.toThrow('must return an iterable or async iterable, but returned a Promise')
    await expect(collect(iterable(() => null as never))).rejects.toThrow('but returned null')
  })

  test('refuses an order, and options that it does not know', async () => {
    const call = (options: object) => () => iterable(items, options)
    expect(call({ shuffle: true })).toThrow('`shuffle` must be left out, but is true (boolean). A stream has no order')
    expect(call({ subset: [0, 0.5] })).toThrow('use `indexed` where samples can be reached by index')
    expect(call({ shuffle: false })).not.toThrow()
    expect(call({ size: 4 })).toThrow('`size` must be one of the options')
    expect(() => iterable([] as never)).toThrow('iterable: `factory` must be a function')
    const other = cursorAt(await iterable(items, { name: 'other' }).info(), { position: 0 })
    expect(call({ resume: other })).toThrow('belongs to other data')
  })
})
