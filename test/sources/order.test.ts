import fc from 'fast-check'
import { take } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { collect, counting, cursorAt } from './collect.js'

const size = fc.integer({ min: 8, max: 60 })
const seed = fc.nat()
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('order', () => {
  test('goes through the data set as it is, epoch after epoch, unless told otherwise', async () => {
    const samples = await collect(counting(3, { epochs: 2 }))
    expect(samples.map(s => [s.epoch, s.position, s.index, s.key, s.label])).toEqual([
      [0, 0, 0, '0', 0],
      [0, 1, 1, '1', 1],
      [0, 2, 2, '2', 2],
      [1, 0, 0, '0', 0],
      [1, 1, 1, '1', 1],
      [1, 2, 2, '2', 2]
    ])
    expect(new Set(samples.map(s => s.steps)).size).toBe(1)
    expect(new Set(samples.map(s => s.info)).size).toBe(1)
    expect(Object.isFrozen(samples[0]?.info)).toBe(true)
  })

  test('shuffles every epoch anew, by seed, and replays it', async () => {
    const order = async (seed: number) => {
      const source = counting(50, { epochs: 3, shuffle: true, seed })
      const first = (await collect(source)).map(s => s.index)
      expect((await collect(source)).map(s => s.index)).toEqual(first)
      return range(3).map(epoch => first.slice(50 * epoch, 50 * epoch + 50))
    }
    const epochs = [...(await order(7)), ...(await order(8))]
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual(range(50))
    expect(new Set(epochs.map(String)).size).toBe(6)
    expect(await order(7)).toEqual(epochs.slice(0, 3))
  })

  test('draws a seed where none is given, and tells it', async () => {
    const source = counting(50, { shuffle: true })
    const { seed } = await source.info()
    expect((await source.info()).seed).toBe(seed)
    expect((await counting(50, { shuffle: true }).info()).seed).not.toBe(seed)
    const again = counting(50, { shuffle: true, seed })
    expect((await collect(again)).map(s => s.index)).toEqual((await collect(source)).map(s => s.index))
  })

  test('shards share one global order without loss', async () => {
    await fc.assert(
      fc.asyncProperty(size, seed, fc.boolean(), fc.constantFrom(1, 2, 4), async (n, seed, shuffle, count) => {
        const options = { seed, shuffle, epochs: 2 }
        const whole = await collect(counting(n, options))
        for (const index of range(count)) {
          const part = await collect(counting(n, { ...options, shard: { index, count } }))
          const expected = whole.filter(s => s.position % count === index)
          expect(part.map(s => [s.epoch, s.position, s.index])).toEqual(
            expected.map(s => [s.epoch, s.position, s.index])
          )
          expect(part[0]?.info).toMatchObject({ size: n, shard: { index, count } })
        }
      })
    )
  })

  test('subsets are disjoint, complete, and the same for every seed and order', async () => {
    await fc.assert(
      fc.asyncProperty(size, seed, fc.double({ min: 0.2, max: 0.8, noNaN: true }), async (n, seed, cut) => {
        const indices = async (options: object) => (await collect(counting(n, options))).map(s => s.index)
        const left = await indices({ subset: [0, cut], seed })
        const right = await indices({ subset: [cut, 1], seed: seed + 1, shuffle: true })
        expect(left.length).toBe(Math.floor(cut * n))
        expect([...left, ...right].sort((a, b) => a - b)).toEqual(range(n))
        const shuffled = await indices({ subset: [0, cut], seed: seed + 2, shuffle: true })
        expect(shuffled.sort((a, b) => a - b)).toEqual([...left].sort((a, b) => a - b))
      })
    )
    const half = (await collect(counting(100, { subset: [0, 0.5] }))).map(s => s.index)
    expect(half.filter(i => i < 50).length).toBeGreaterThan(5) // 25 ± 3.5 in a random half
    expect(half.filter(i => i < 50).length).toBeLessThan(45)
  })

  test('a part that is empty, or smaller than the shards, is an error of the subscription', async () => {
    await expect(collect(counting(10, { subset: [0.5, 0.51] }))).rejects.toThrow(
      'arrays: the subset [0.5,0.51] of 10 samples is empty; widen it.'
    )
    const few = counting(3, { shard: { index: 0, count: 4 }, epochs: Infinity })
    await expect(collect(few)).rejects.toThrow('3 samples are too few for 4 shards')
    await expect(few.info()).rejects.toThrow('too few')
  })

  test('goes on without end where epochs is Infinity', async () => {
    const samples = await collect(counting(2, { epochs: Infinity }).pipe(take(2001)))
    expect(samples.at(-1)).toMatchObject({ epoch: 1000, position: 0 })
  })
})

describe('resume', () => {
  test('continues anywhere, across epochs, on any number of shards', async () => {
    const counts = fc.constantFrom(1, 2, 4)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: 20 }), seed, counts, counts, async (n, seed, from, to) => {
        const options = { seed, shuffle: true, epochs: 2, subset: [0, 0.9] as const }
        const source = counting(n, { ...options, shard: { index: 0, count: from } })
        const whole = await collect(counting(n, options))
        const info = await source.info()
        const size = info.size!
        for (let epoch = 0; epoch < 3; epoch++) {
          for (let position = 0; position < size + from; position += from) {
            const cursor = cursorAt(info, { epoch, position })
            const parts = range(to).map(index => counting(n, { resume: cursor, shard: { index, count: to } }))
            const seen = (await Promise.all(parts.map(collect))).flat()
            const expected = whole.filter(s => s.epoch > epoch || (s.epoch === epoch && s.position >= position))
            const places = (samples: typeof seen) => samples.map(s => s.epoch * 1e6 + s.position * 1e3 + s.index)
            expect(places(seen).sort((a, b) => a - b)).toEqual(places(expected).sort((a, b) => a - b))
          }
        }
      }),
      { numRuns: 20 }
    )
  })

  test('keeps Infinity through JSON, and lets epochs be changed', async () => {
    const info = await counting(4, { epochs: Infinity, seed: 1 }).info()
    const cursor = cursorAt(info, { epoch: 5, position: 2 })
    expect(cursor.epochs).toBe('Infinity')
    const endless = await collect(counting(4, { resume: cursor }).pipe(take(100)))
    expect(endless[0]).toMatchObject({ epoch: 5, position: 2 })
    expect(endless.at(-1)).toMatchObject({ epoch: 30, position: 1 })
    expect((await collect(counting(4, { resume: cursor, epochs: 7 }))).length).toBe(6)
    expect(await collect(counting(4, { resume: cursor, epochs: 5 }))).toEqual([])
  })

  test('replays from the cursor when subscribed to again', async () => {
    const info = await counting(9, { seed: 3, shuffle: true, epochs: 2 }).info()
    const source = counting(9, { resume: cursorAt(info, { epoch: 1, position: 4 }) })
    expect((await source.info()).seed).toBe(3)
    expect(await collect(source)).toEqual(await collect(source))
    expect((await collect(source)).map(s => s.position)).toEqual([4, 5, 6, 7, 8])
  })

  test('refuses what does not fit, and says why', async () => {
    const options = { seed: 1, shuffle: true, subset: [0, 0.9] as const }
    const cursor = cursorAt(await counting(10, options).info(), { position: 2 })
    const resume = (other: object, more: object = {}) =>
      counting(10, { resume: { ...cursor, ...other } as typeof cursor, ...more })
    for (const value of [null, {}, 'run.json', 7, [cursor]]) {
      expect(() => counting(10, { resume: value as never })).toThrow(
        'must be a cursor, as batch.cursor gives it, but is'
      )
    }
    expect(() => counting(10, { resume: 'run.json' as never })).toThrow('given to JSON.parse first')
    expect(() => resume({ version: 2 })).toThrow('version 2, but this Millrace reads version 1')
    expect(() => resume({ position: '2' })).toThrow('damaged cursor: its `position` is "2" (string)')
    expect(() => resume({ epochs: 'many' })).toThrow('damaged cursor: its `epochs`')
    expect(() => resume({ subset: [0, null] })).toThrow('damaged cursor: its `subset`')
    expect(() => resume({}, { seed: 2 })).toThrow('was taken with seed 1, but seed is 2 here; leave `seed` out')
    expect(() => resume({}, { shuffle: false })).toThrow('shuffle true, but shuffle is false')
    expect(() => resume({}, { subset: [0.9, 1] })).toThrow('subset [0,0.9], but subset is [0.9,1]')
    expect(() => resume({ gaps: true }, { shard: { index: 0, count: 2 } })).toThrow(
      '1 shards after samples had been filtered'
    )
    expect(() => resume({}, options)).not.toThrow()
    const other = counting(11, { resume: cursor })
    await expect(collect(other)).rejects.toMatchObject({ code: 'CURSOR', name: 'CursorError' })
    await expect(other.info()).rejects.toThrow(`belongs to other data (fingerprint ${cursor.source}, here `)
  })
})
