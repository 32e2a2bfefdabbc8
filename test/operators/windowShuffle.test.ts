/** The shuffle of streams: windows, memory, backpressure, shards, cursors. */
import {
  arrays,
  batch,
  type Cursor,
  describe as describeItem,
  iterable,
  mapPixels,
  repeatAugment,
  type Sample,
  sameClassTuples,
  windowShuffle
} from 'millrace'
import { filter, lastValueFrom, merge, type Observable, repeat, take, tap, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { runIn } from '#dist/flow/context.js'
import { Gate } from '#dist/flow/gate.js'
import { digest, run } from '../engine/support.js'
import { settled } from '../support/turns.js'

const collect = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()))
const range = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i)
const item = (i: number) => ({
  image: { data: new Uint8Array(12).fill(i), width: 2, height: 2, channels: 3 },
  label: i % 2,
  key: String(i)
})
type Options = Parameters<typeof iterable>[1]
const stream = (n: number, options: Options = {}) =>
  iterable(() => range(n).map(item), { classes: 2, seed: 4, ...options })
const slow = (n: number, options: Options = {}) =>
  iterable(
    async function* () {
      for (let i = 0; i < n; i++) yield item(i)
    },
    { classes: 2, seed: 4, ...options }
  )
const keys = (samples: readonly Sample[]) => samples.map(({ key }) => Number(key))
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b)

describe('windows', () => {
  test.each([
    ['sync', stream],
    ['async', slow]
  ])('are shuffled among themselves, and a shorter one at the end of each epoch (%s)', async (_, make) => {
    const samples = await collect(make(45, { epochs: 3 }).pipe(windowShuffle(20)))
    const orders = new Set<string>()
    for (const epoch of range(3)) {
      for (const [from, to] of [
        [0, 20],
        [20, 40],
        [40, 45]
      ] as const) {
        const window = samples.slice(45 * epoch + from, 45 * epoch + to)
        expect(sorted(keys(window))).toEqual(range(to - from, from))
        expect(window.map(({ epoch, position }) => [epoch, position])).toEqual(
          range(to - from, from).map(i => [epoch, i])
        )
        orders.add(
          keys(window)
            .map(key => key - from)
            .join()
        )
      }
    }
    expect(orders.size).toBeGreaterThanOrEqual(8) // six of 20, and three of 5 that may be the same by chance
    expect(await collect(make(45, { epochs: 3 }).pipe(windowShuffle(20)))).toEqual(samples)
    expect(keys(await collect(make(45, { seed: 5 }).pipe(windowShuffle(20))))).not.toEqual(keys(samples.slice(0, 45)))
  })

  test('give every place to every sample equally often', async () => {
    const epochs = 600
    const samples = await collect(stream(8, { epochs }).pipe(windowShuffle(4)))
    const found = range(8).map(() => new Array<number>(8).fill(0))
    for (const { key, position } of samples) found[Number(key)]![position]!++
    for (const [i, row] of found.entries()) {
      for (const [place, count] of row.entries()) {
        if (i >> 2 !== place >> 2) expect(count).toBe(0)
        else expect(Math.abs(count - epochs / 4)).toBeLessThan(4.5 * Math.sqrt((epochs * 3) / 16))
      }
    }
  })

  test('go by the position in the stream, also after a filter', async () => {
    const even = filter<Sample>(({ label }) => label === 0)
    const samples = await collect(stream(40).pipe(even, windowShuffle(10)))
    expect(samples.length).toBe(20)
    for (const from of range(4)) {
      expect(sorted(keys(samples.slice(5 * from, 5 * from + 5)))).toEqual(range(5, 5 * from).map(i => 2 * i))
    }
    const all = await run(stream(40).pipe(even, windowShuffle(10), batch(3)))
    for (const stop of [1, 2, 4]) {
      const rest = stream(40, { seed: undefined, resume: all[stop - 1]!.cursor }).pipe(
        even,
        windowShuffle(10),
        batch(3)
      )
      expect(digest(await run(rest))).toBe(digest(all.slice(stop)))
    }
  })

  test('begin anew where a source is repeated', async () => {
    const samples = await collect(stream(5).pipe(repeat(2), windowShuffle(20)))
    expect(keys(samples.slice(0, 5))).toEqual(keys(samples.slice(5)))
    expect(sorted(keys(samples.slice(0, 5)))).toEqual(range(5))
  })
})

describe('cursors and shards', () => {
  const plans = (options: Options = {}, size = 16) =>
    slow(50, { epochs: 2, ...options }).pipe(windowShuffle(size), batch(6))

  test('a run continues anywhere, with the same bytes, reading from its window on', async () => {
    const all = await run(plans())
    expect(all.map(({ cursor }) => cursor!.window)).toEqual(all.map(() => 16))
    for (const [i, { cursor }] of all.entries()) {
      expect(JSON.stringify(cursor).length).toBeLessThan(400)
      expect(digest(await run(plans({ resume: cursor, seed: undefined })))).toBe(digest(all.slice(i + 1)))
    }
    let seen = 0
    const { cursor } = all[6]! // after 42 samples of 50
    const rest = stream(50, { resume: cursor! }).pipe(
      tap(() => seen++),
      windowShuffle(16),
      batch(6)
    )
    expect((await run(rest)).flatMap(({ keys }) => keys).length).toBe(58)
    expect(seen).toBe(50 - 32 + 50)
  })

  test('shards take parts of one order, and a cursor continues at another number of them', async () => {
    const whole = await collect(stream(50, { epochs: 2 }).pipe(windowShuffle(16)))
    const places = (samples: readonly Sample[]) => samples.map(s => [s.epoch, s.position, s.key].join()).sort()
    const parts = async (count: number, options: Options) =>
      (
        await Promise.all(
          range(count).map(index =>
            collect(stream(50, { ...options, shard: { index, count } }).pipe(windowShuffle(16)))
          )
        )
      ).flat()
    for (const count of [2, 3]) expect(places(await parts(count, { epochs: 2 }))).toEqual(places(whole))
    const one = await run(plans({ shard: { index: 0, count: 3 } }))
    for (const { cursor, epoch } of one.slice(0, 3)) {
      expect([epoch, cursor!.gaps]).toEqual([0, false])
      const rest = whole.filter(s => s.epoch > 0 || s.position >= cursor!.position || cursor!.epoch > 0)
      if (cursor!.epoch === 0) expect(places(await parts(2, { resume: cursor }))).toEqual(places(rest))
    }
  })

  test('another size, or none, is refused', async () => {
    const [{ cursor } = { cursor: undefined }] = await run(plans())
    const resume = { seed: undefined, resume: cursor }
    await expect(run(plans(resume, 8))).rejects.toThrow(
      'iterable: the cursor was taken with windowShuffle(16), but there is windowShuffle(8) here; resume with the same.'
    )
    await expect(run(slow(50, resume).pipe(batch(6)))).rejects.toThrow('but there is no windowShuffle here')
    const [{ cursor: plain } = { cursor: undefined }] = await run(slow(50).pipe(batch(6)))
    await expect(run(plans({ resume: plain as Cursor, seed: undefined }))).rejects.toThrow(
      'was taken with no windowShuffle'
    )
  })

  test.each([
    ['repeatAugment before it', (o: Options) => stream(22, o).pipe(repeatAugment(2), windowShuffle(8), batch(4))],
    ['repeatAugment after it', (o: Options) => stream(22, o).pipe(windowShuffle(8), repeatAugment(2), batch(4))],
    [
      'mapPixels after it',
      (o: Options) =>
        stream(22, o).pipe(
          windowShuffle(8),
          mapPixels(i => i),
          batch(4)
        )
    ]
  ])('a run with %s continues anywhere', async (_, plans) => {
    const all = await run(plans({ epochs: 2 }))
    for (const [i, { cursor }] of all.entries()) {
      if (i % 4 === 1)
        expect(digest(await run(plans({ seed: undefined, resume: cursor })))).toBe(digest(all.slice(i + 1)))
    }
  })

  test('an indexed source keeps its partners', async () => {
    const labels = range(30).map(i => i % 3)
    const source = (options: object = {}) =>
      arrays({ images: new Uint8Array(30), labels, shape: [1, 1, 1], classes: 3, seed: 1, ...options }).pipe(
        windowShuffle(10),
        sameClassTuples(3)
      )
    for (const sample of await collect(source({ shuffle: true }))) {
      const { steps } = await describeItem(sample)
      const partners = steps[0]!.partners!.map(Number)
      expect(partners.map(i => i % 3)).toEqual(partners.map(() => sample.label))
      expect(new Set([...partners, Number(sample.key)]).size).toBe(partners.length + 1)
    }
    const all = await run(source({ shuffle: true }).pipe(batch(7)))
    const rest = await run(source({ shuffle: true, resume: all[1]!.cursor }).pipe(batch(7)))
    expect(digest(rest)).toBe(digest(all.slice(2)))
  })
})

describe('flow', () => {
  test('holds two windows at most, and lets its consumer stop it', async () => {
    const gate = new Gate()
    const size = 50
    let read = 0
    const out: Sample[] = []
    const source = slow(1000).pipe(
      tap(() => read++),
      windowShuffle(size)
    )
    const subscription = runIn({ gate }, () =>
      source.subscribe(sample => {
        out.push(sample)
        gate.close()
      })
    )
    for (const step of range(300)) {
      await settled(3)
      expect(out.length).toBe(step + 1)
      expect(read - out.length).toBeLessThanOrEqual(2 * size + 1)
      gate.open()
    }
    subscription.unsubscribe()
    const before = read
    await settled()
    expect(read).toBe(before)
  })

  test('stops its source when enough was taken, and passes errors on after whole windows', async () => {
    let stopped = false
    const endless = iterable(
      function* () {
        try {
          for (let i = 0; ; i++) yield item(i % 100)
        } finally {
          stopped = true
        }
      },
      { seed: 1 }
    )
    expect((await collect(endless.pipe(windowShuffle(10), take(25)))).length).toBe(25)
    expect(stopped).toBe(true)
    const failing = iterable(
      function* () {
        for (let i = 0; i < 25; i++) yield item(i)
        throw new Error('out of frames')
      },
      { seed: 1 }
    )
    const seen: Sample[] = []
    const error = await new Promise(resolve => {
      failing.pipe(windowShuffle(10)).subscribe({ next: sample => seen.push(sample), error: resolve })
    })
    expect(error).toMatchObject({ message: 'out of frames' })
    expect(sorted(keys(seen))).toEqual(range(20))
    expect(await collect(stream(0).pipe(windowShuffle(4)))).toEqual([])
  })

  test('goes through many windows without a deep stack', async () => {
    expect((await collect(stream(20_000).pipe(windowShuffle(2)))).length).toBe(20_000)
    expect((await collect(stream(20_000).pipe(windowShuffle(50_000)))).length).toBe(20_000)
  })

  test('is refused twice, and after a merge', async () => {
    await expect(collect(stream(9).pipe(windowShuffle(3), windowShuffle(3)))).rejects.toThrow(
      'windowShuffle: the samples are shuffled within windows twice. Use one, with a larger window.'
    )
    await expect(collect(merge(stream(3), stream(3, { name: 'other' })).pipe(windowShuffle(9)))).rejects.toThrow(
      'samples of iterable and of other meet. Shuffle each of them before they are merged.'
    )
    expect(() => windowShuffle(1)).toThrow('windowShuffle: `size` must be a whole number between 2 and 16777216')
  })
})
