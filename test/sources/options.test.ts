import { afterEach, describe, expect, test } from 'vitest'
import { cursorFacts, sourceOf } from '#dist/handle.js'
import { arrays } from '#dist/sources/arrays.js'
import { collect, counting } from './collect.js'

describe('options of every source', () => {
  test.each([
    [{ seed: -1 }, '`seed` must be a whole number of at least 0, but is -1 (number)'],
    [{ seed: '7' }, '`seed` must be a whole number'],
    [{ shuffle: 1 }, '`shuffle` must be true or false, but is 1 (number)'],
    [{ epochs: 0 }, '`epochs` must be a whole number of at least 1, but is 0 (number). Infinity goes on without end.'],
    [{ epochs: 1.5 }, '`epochs` must be'],
    [{ shard: 1 }, '`shard` must be an object { index, count }, but is 1 (number)'],
    [{ shard: null }, '`shard` must be an object { index, count }, but is null'],
    [{ shard: { index: 2, count: 2 } }, '`shard.index` must be a whole number between 0 and 1, but is 2'],
    [{ shard: { index: 0, count: 0 } }, '`shard.count` must be a whole number of at least 1'],
    [{ subset: [0.5, 0.5] }, '`subset` must be a pair of fractions [from, to] with 0 <= from < to <= 1'],
    [{ subset: [0, 1.1] }, '`subset` must be'],
    [{ subset: 0.9 }, '`subset` must be'],
    [{ classes: 0 }, '`classes` must be a whole number of at least 1'],
    [{ classes: ['a', 'a'] }, '`classes` must be a whole number of at least 1, or a list of different names'],
    [{ shufle: true }, '`shufle` must be one of the options']
  ])('%j is refused at the call', (options, message) => {
    expect(() => counting(4, options as never)).toThrow(message)
  })
})

describe('handle', () => {
  test('leads from a sample back to its source', async () => {
    const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    const source = arrays({
      images: new Uint8Array(10),
      labels,
      shape: [1, 1, 1],
      classes: 3,
      subset: [0, 0.5],
      seed: 1
    })
    const samples = await collect(source)
    const handle = sourceOf(samples[0]!.info)!
    expect(handle).toMatchObject({ size: 5, options: { shuffle: false, epochs: 1, subset: [0, 0.5], shards: 1 } })
    expect(await handle.sampleAt!(3, 7, 9)).toEqual({ ...samples[3], epoch: 7, position: 9 })
    const places = handle.placesByClass!().map(list => [...list])
    expect(places.map(list => list.map(place => samples[place]!.label))).toEqual(
      [0, 1, 2].map(label => samples.map(s => s.label).filter(other => other === label))
    )
    expect(places.flat().sort()).toEqual([0, 1, 2, 3, 4])
    expect(sourceOf({ ...samples[0]!.info })).toBeUndefined()
  })

  test('states what a cursor says of the source', async () => {
    const info = await counting(4, { seed: 9, epochs: Infinity, shard: { index: 1, count: 2 } }).info()
    const facts = { source: info.fingerprint, seed: 9, shuffle: false, epochs: 'Infinity', subset: [0, 1], shards: 2 }
    expect(cursorFacts(info)).toEqual(facts)
  })
})

describe('in a worker', () => {
  const flag = Symbol.for('millrace.worker')
  afterEach(() => {
    delete (globalThis as Record<symbol, unknown>)[flag]
  })

  test('a subscription is refused', async () => {
    const source = counting(4)
    ;(globalThis as Record<symbol, unknown>)[flag] = true
    await expect(collect(source)).rejects.toThrow('move the transform to a module of its own')
  })
})
