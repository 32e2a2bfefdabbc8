/** The same seed gives the same bytes, whoever makes them, in whatever order, and from wherever the run goes on. */
import {
  batch,
  type Cursor,
  cutMix,
  cutout,
  imageFolder,
  labelSmoothing,
  mixUp,
  normalize,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  type Sample
} from 'millrace'
import { bufferCount, filter, take as first, map, merge, mergeMap, type Observable, repeat } from 'rxjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { delay } from '../fixtures/transforms/delay.mjs'
import { digest, type Executing, run, small, type Taken, temporaryFolder, writePhotos } from './support.js'

const BATCHES = 10

const ways: readonly [string, Executing][] = [
  ['one worker', { workers: 1 }],
  ['two workers', { workers: 2, depth: 1 }],
  ['two workers, far ahead', { workers: 2, depth: 8 }],
  ['four workers', { workers: 4, depth: 3 }],
  ['the main thread, far ahead', { workers: 0, depth: 8 }]
]

interface Settings {
  readonly size?: number
  readonly remainder?: 'keep' | 'drop'
  readonly delayed?: boolean
}

function mixed(samples: Observable<Sample>, { size = 7, remainder = 'keep', delayed = false }: Settings = {}) {
  const plain = samples.pipe(
    randomCrop([10, 9], { padding: 2, fill: [9, 99, 199] }),
    randomFlip(),
    cutout({ size: 4, fill: 'noise' })
  )
  return (delayed ? plain.pipe(delay({ most: 3 })) : plain).pipe(
    batch(size, { remainder }),
    cutMix(),
    mixUp({ alpha: 0.4 }),
    labelSmoothing(0.1),
    normalize({ mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.2] })
  )
}

/** What is made from each cursor on is what was made after its batch the first time. */
async function expectResumes(all: readonly Taken[], resumed: (cursor: Cursor, i: number) => Promise<Taken[]>) {
  for (const [i, { cursor }] of all.entries()) {
    expect(digest(await resumed(cursor!, i))).toBe(digest(all.slice(i + 1)))
  }
}

describe('arrays', () => {
  const plans = (settings?: Settings) => mixed(small(31, { epochs: 3 }), settings).pipe(first(BATCHES))
  let all: Taken[]
  beforeAll(async () => {
    all = await run(plans(), { workers: 0, depth: 1 })
  })

  test('are no plain copies, and differ between batches and epochs', () => {
    expect(all.length).toBe(BATCHES)
    expect(new Set(all.map(batch => digest([{ ...batch, keys: [], index: 0, epoch: 0 }]))).size).toBe(BATCHES)
    const rows = (epoch: number) => {
      const list = all.filter(batch => batch.epoch === epoch)
      return list.flatMap(({ keys, images, shape: [, height, width, channels] }) =>
        keys.map((key, i) => [key, images.slice(i * height * width * channels, (i + 1) * height * width * channels)])
      )
    }
    const next = new Map(rows(1) as [string, Float32Array][])
    expect(next.size).toBe(31)
    for (const [key, pixels] of rows(0) as [string, Float32Array][]) expect(next.get(key)).not.toEqual(pixels)
    for (const { labels, keys } of all) expect(labels.reduce((sum, value) => sum + value)).toBeCloseTo(keys.length, 4)
  })

  test.each(ways)('come out the same from %s', async (_, options) => {
    expect(digest(await run(plans(), options))).toBe(digest(all))
  })

  test('come out the same whenever each sample is done', async () => {
    for (const depth of [1, 8]) {
      expect(digest(await run(plans({ delayed: true }), { workers: 4, depth }))).toBe(digest(all))
    }
  })

  test.each(['keep', 'drop'] as const)('go on from any cursor, remainder: %s', async remainder => {
    const plans = (options: object = {}) => mixed(small(31, { epochs: 3, ...options }), { remainder })
    const all = await run(plans(), { workers: 2 })
    expect(all.length).toBe(remainder === 'keep' ? 15 : 12)
    expect(all.filter(({ last }) => last).map(({ epoch, index }) => [epoch, index])).toEqual(
      [0, 1, 2].map(epoch => [epoch, remainder === 'keep' ? 4 : 3])
    )
    await expectResumes(all, (resume, i) => run(plans({ resume }), { workers: i % 3 }))
  })

  test('go on from any cursor of a run without end, which says so', async () => {
    const plans = (options: object) => mixed(small(12, { epochs: Infinity, ...options }), { size: 5 })
    const all = await run(plans({}).pipe(first(BATCHES)))
    expect(all.map(({ epoch, index, keys }) => [epoch, index, keys.length]).slice(0, 4)).toEqual([
      [0, 0, 5],
      [0, 1, 5],
      [0, 2, 2],
      [1, 0, 5]
    ])
    for (const [i, { cursor }] of all.slice(0, -1).entries()) {
      expect(cursor!.epochs).toBe('Infinity')
      const resumed = plans({ epochs: undefined, resume: cursor }).pipe(first(BATCHES - 1 - i))
      expect(digest(await run(resumed))).toBe(digest(all.slice(i + 1)))
    }
  })

  test('steps that never do anything change no byte', async () => {
    const source = () => small(31, { epochs: 2 })
    const without = run(source().pipe(randomCrop(8), randomFlip(), batch(7), cutMix()))
    const idle = source().pipe(cutout({ p: 0 }), randomCrop(8), cutout({ p: 0 }), randomFlip(), batch(7))
    const among = run(idle.pipe(mixUp({ alpha: 0 }), cutMix(), mixUp({ alpha: 0 })))
    expect(digest(await among)).toBe(digest(await without))
  })
})

describe('files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
    await writePhotos(folder.path, 30)
  })
  afterAll(() => folder.remove())

  const plans = (options: object = {}, delayed = false) => {
    const crops = imageFolder(folder.path, { seed: 11, shuffle: true, epochs: 3, ...options }).pipe(
      randomResizedCrop([20, 24])
    )
    return mixed(delayed ? crops.pipe(delay({ most: 5 })) : crops, { size: 8 })
  }

  test('come out the same from anywhere, at any time, and from any cursor', async () => {
    const all = (await run(plans(), { workers: 0, depth: 1 })).slice(0, BATCHES)
    expect(all[0]!.shape).toEqual([8, 10, 9, 3])
    for (const [name, options] of ways) {
      expect([name, digest(await run(plans().pipe(first(BATCHES)), options))]).toEqual([name, digest(all)])
    }
    expect(digest(await run(plans({}, true).pipe(first(BATCHES)), { workers: 2, depth: 4 }))).toBe(digest(all))
    await expectResumes(all, (resume, i) =>
      i === BATCHES - 1 ? Promise.resolve([]) : run(plans({ resume }).pipe(first(BATCHES - 1 - i)))
    )
  })
})

describe('shards', () => {
  const shard = (index: number, count: number, options: object = {}) =>
    small(32, { epochs: 2, shard: { index, count }, ...options }).pipe(randomFlip(), batch(2), mixUp())

  /** Keys by epoch and position, as the ranks in lockstep see them. */
  function places(ranks: readonly Taken[][]): string[] {
    const steps = Math.max(...ranks.map(batches => batches.length))
    const list: string[] = []
    for (let step = 0; step < steps; step++) {
      const [one, two] = [0, 1].map(row => ranks.flatMap(batches => batches[step]?.keys[row] ?? []))
      list.push(...one!, ...two!)
    }
    return list
  }

  test('together follow one order, and go on with another number of them', async () => {
    const all = async (count: number, options: object = {}) =>
      Promise.all(Array.from({ length: count }, (_, index) => run(shard(index, count, options), { workers: 1 })))
    const whole = places(await all(1))
    expect(whole.length).toBe(64)
    const two = await all(2)
    expect(places(two)).toEqual(whole)
    expect(places(await all(4))).toEqual(whole)
    for (const [i, { cursor }] of two[0]!.entries()) {
      expect(two[1]![i]!.cursor).toEqual(cursor)
      const done = 4 * (i + 1)
      expect(places(await all(4, { resume: cursor }))).toEqual(whole.slice(done))
      expect(places(await all(1, { resume: cursor }))).toEqual(whole.slice(done))
    }
  })

  test('and batches of any size give each sample the same pixels', async () => {
    const images = async (size: number, index: number, count: number) => {
      const samples = small(32, { epochs: 2, shard: { index, count } }).pipe(randomCrop(6), cutout({ fill: 'noise' }))
      const all = await run(samples.pipe(batch(size)))
      return all.flatMap(({ epoch, keys, images }) =>
        keys.map((key, row) => [`${epoch} ${key}`, String(images.slice(row * 108, row * 108 + 108))] as const)
      )
    }
    const whole = new Map(await images(5, 0, 1))
    expect(new Set(whole.values()).size).toBe(64)
    expect(new Map(await images(8, 0, 1))).toEqual(whole)
    expect(new Map([...(await images(3, 0, 2)), ...(await images(3, 1, 2))])).toEqual(whole)
  })

  test('a changed number is refused after samples were filtered away', async () => {
    const plans = (options: object = {}) =>
      small(32, options).pipe(
        filter(({ index }) => index % 5 !== 0),
        batch(4)
      )
    const all = await run(plans())
    const cursor = all[2]!.cursor!
    expect(cursor.gaps).toBe(true)
    expect(digest(await run(plans({ resume: cursor })))).toBe(digest(all.slice(3)))
    expect(() => small(32, { resume: cursor, shard: { index: 0, count: 2 } })).toThrow(
      expect.objectContaining({ name: 'CursorError', message: expect.stringMatching(/1 shards after samples.*with 2/) })
    )
  })
})

describe('cursors', () => {
  test('of other data, seeds or steps are refused', async () => {
    const plans = (options: object = {}, count = 20) => small(count, options).pipe(randomFlip(), batch(5), mixUp())
    const cursor = (await run(plans()))[1]!.cursor!
    const refused = (plans: () => Observable<never> | ReturnType<typeof mixed>) =>
      expect((async () => run(plans() as ReturnType<typeof mixed>))()).rejects
    await refused(() => plans({ resume: cursor }, 21)).toMatchObject({ name: 'CursorError', code: 'CURSOR' })
    await refused(() => plans({ resume: cursor, seed: 6 })).toThrow(/seed 5, but seed is 6/)
    const others: readonly Observable<unknown>[] = [
      small(20, { resume: cursor }).pipe(batch(5), mixUp()),
      small(20, { resume: cursor }).pipe(randomFlip({ p: 0.4 }), batch(5), mixUp()),
      small(20, { resume: cursor }).pipe(randomFlip(), batch(5), mixUp({ alpha: 0.7 })),
      small(20, { resume: cursor }).pipe(randomFlip(), batch(5))
    ]
    for (const other of others) {
      await refused(() => other as ReturnType<typeof mixed>).toThrow(
        expect.objectContaining({ name: 'CursorError', message: expect.stringMatching(/other steps or options/) })
      )
    }
  })

  test('are not there where several sources meet, or samples change places; reading one says why', async () => {
    const why = async (samples: Observable<Sample>): Promise<string[]> => {
      const reasons: string[] = []
      await run(
        samples.pipe(
          batch(4),
          map(plan => {
            reasons.push('unknown' in plan.next ? plan.next.unknown : '')
            return plan
          })
        ),
        { onFault: 'throw' }
      ).catch((error: Error) => reasons.push(error.name))
      return reasons
    }
    const merged = await why(merge(small(8), small(8, { seed: 6 })))
    expect(merged.filter(reason => /several sources were merged/.test(reason)).length).toBeGreaterThan(1)
    expect(merged).toContain('CursorError')
    const pairsSwapped = small(8).pipe(
      bufferCount(2),
      mergeMap(pair => pair.reverse())
    )
    const reordered = await why(pairsSwapped)
    expect(reordered[0]).toMatch(/another order than that of their source/)
  })

  test('hold for the next epoch although samples of this one were reordered or filtered', async () => {
    const all = await run(
      small(8, { epochs: 2 }).pipe(
        filter(({ position }) => position < 5),
        batch(4)
      )
    )
    expect(all.map(({ keys, last }) => [keys.length, last])).toEqual([
      [4, false],
      [1, true],
      [4, false],
      [1, true]
    ])
    expect(all[1]!.cursor).toMatchObject({ epoch: 1, position: 0, batch: 0, gaps: false })
  })
})

test('a pipeline that is repeated does not straddle', async () => {
  for (const epochs of [1, 2]) {
    const all = await run(small(7, { epochs }).pipe(repeat(2), batch(3)))
    const once = Array.from({ length: epochs }, (_, epoch) => [0, 1, 2].map(index => [epoch, index, index === 2]))
    expect(all.map(({ epoch, index, last }) => [epoch, index, last])).toEqual([...once, ...once].flat())
    expect(digest(all.slice(3 * epochs))).toBe(digest(all.slice(0, 3 * epochs)))
  }
})
