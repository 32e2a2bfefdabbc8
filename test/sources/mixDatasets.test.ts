/** Mixtures: proportions, orders, classes, cursors. */
import {
  arrays,
  batch,
  classBalanced,
  compose,
  describe as describeItem,
  indexed,
  iterable,
  mixDatasets,
  normalize,
  randomFlip,
  resize,
  type Sample,
  type SampleSource,
  sameClassTuples,
  samplePairing
} from 'millrace'
import { describe, expect, test } from 'vitest'
import { digest, run } from '../engine/support.js'
import { failing } from '../fixtures/transforms/failing.mjs'
import { collect, cursorAt } from './collect.js'

/** n images of one colour: `base` + index; labels 0, 1, 0, 1, … */
function grey(n: number, base: number, options: Partial<Parameters<typeof indexed>[0]> = {}): SampleSource {
  const at = (i: number) => ({
    key: `${base}/${i}`,
    image: { data: new Uint8Array(48).fill(base + i), width: 4, height: 4, channels: 3 },
    label: i % 2
  })
  return indexed({ size: n, at, classes: 2, classOf: i => i % 2, name: `grey ${base}`, ...options })
}

const keys = (samples: readonly Sample[]) => samples.map(({ key }) => key)
const fromFirst = (samples: readonly Sample[]) => samples.filter(({ key }) => key.startsWith('0/')).length
const mixture = (options: object = {}, a: object = {}, b: object = {}) =>
  mixDatasets(
    [
      [grey(70, 0, { shuffle: true, ...a }), 0.7],
      [grey(50, 100, { shuffle: true, ...b }), 0.3]
    ],
    { seed: 5, ...options }
  )

describe('proportions', () => {
  test('are exact in every block, whose order is drawn', async () => {
    const samples = await collect(mixture({ epochs: 3 }))
    expect(samples.length).toBe(300)
    const blocks = Array.from({ length: 30 }, (_, i) => samples.slice(10 * i, 10 * i + 10))
    for (const block of blocks) expect(fromFirst(block)).toBe(7)
    const patterns = new Set(blocks.map(block => block.map(({ key }) => key[0]).join('')))
    expect(patterns.size).toBeGreaterThan(15) // of 120
    expect(samples.map(({ epoch, position }) => epoch * 100 + position)).toEqual(samples.map((_, i) => i))
  })

  test('are the best of blocks of at most a thousand', async () => {
    const share = async (weights: readonly [number, number], block: number) => {
      const source = mixDatasets(
        [
          [grey(2000, 0), weights[0]],
          [grey(2000, 3000), weights[1]]
        ],
        { seed: 1 }
      )
      const samples = await collect(source)
      expect(samples.length % block).toBe(0)
      for (let i = 0; i < samples.length; i += block) {
        expect(fromFirst(samples.slice(i, i + block))).toBe(fromFirst(samples.slice(0, block)))
      }
      return fromFirst(samples.slice(0, block)) / block
    }
    expect(await share([50_000, 10_000], 6)).toBe(5 / 6)
    expect(await share([1, 1], 2)).toBe(0.5)
    expect(await share([0.123, 0.877], 1000)).toBe(0.123)
    expect(Math.abs((await share([Math.PI, 1], 468)) - Math.PI / (Math.PI + 1))).toBeLessThan(1e-7)
  })

  test('hold in each shard, on average', async () => {
    const count = 10 // of as many as a block has: a pattern that repeats would give a shard one data set only
    const parts = await Promise.all(
      Array.from({ length: count }, (_, index) => collect(mixture({ epochs: 20, shard: { index, count } })))
    )
    for (const part of parts) {
      expect(part.length).toBe(200)
      expect(Math.abs(fromFirst(part) - 140)).toBeLessThan(4.5 * Math.sqrt(200 * 0.7 * 0.3))
    }
    const whole = await collect(mixture({ epochs: 20 }))
    expect(parts.flatMap(keys).sort()).toEqual(keys(whole).sort())
  })
})

describe('each data set', () => {
  test('goes on through its own order: no sample comes again before all have come', async () => {
    const samples = await collect(mixture({ epochs: 10 }))
    for (const [base, size] of [
      ['0/', 70],
      ['100/', 50]
    ] as const) {
      const own = keys(samples).filter(key => key.startsWith(base))
      for (let i = 0; i + size <= own.length; i += size) expect(new Set(own.slice(i, i + size)).size).toBe(size)
      expect(own.slice(0, size)).not.toEqual(own.slice(size, 2 * size))
    }
  })

  test("ends the epoch when it is used up, or with stop: 'all' begins again", async () => {
    const sizes = (stop: 'first' | 'all') =>
      mixDatasets(
        [
          [grey(40, 0), 1],
          [grey(9, 100), 1]
        ],
        { stop, seed: 1 }
      )
    const first = await collect(sizes('first'))
    expect(first.length).toBe(18)
    expect(new Set(keys(first)).size).toBe(18)
    const all = await collect(sizes('all'))
    expect(all.length).toBe(80)
    expect(new Set(keys(all)).size).toBe(49)
    expect((await sizes('all').info()).size).toBe(80)
  })

  test('keeps its own shuffle, subset, sampler and seed', async () => {
    const plain = await collect(mixture({}, { shuffle: false }))
    expect(keys(plain).filter(key => key.startsWith('0/'))).toEqual(Array.from({ length: 70 }, (_, i) => `0/${i}`))
    const half = await collect(mixture({ stop: 'all', epochs: 2 }, { subset: [0, 0.5] }))
    const part = await collect(grey(70, 0, { subset: [0, 0.5] }))
    expect([...new Set(keys(half).filter(key => key.startsWith('0/')))].sort()).toEqual(keys(part).sort())
    const balanced = await collect(
      mixture({}, { classOf: (i: number) => Number(i > 65), sampler: classBalanced(), shuffle: undefined })
    )
    const rare = keys(balanced).filter(key => /^0\/6[6-9]$/.test(key))
    expect(rare.length).toBe(35)
    const orderOf = async (seed: number, own: object) =>
      keys(await collect(mixture({ seed }, own)))
        .filter(key => key.startsWith('0/'))
        .sort(undefined)
        .join()
    expect(await orderOf(1, { seed: 3, subset: [0, 0.9] })).toBe(await orderOf(2, { seed: 3, subset: [0, 0.9] }))
  })

  test('may be there twice, in two orders', async () => {
    const source = grey(30, 0, { shuffle: true })
    const samples = await collect(
      mixDatasets(
        [
          [source, 1],
          [source, 1]
        ],
        { seed: 2 }
      )
    )
    expect(samples.length).toBe(60)
    const halves = [0, 30].map(from => keys(samples.filter(({ index }) => index >= from && index < from + 30)))
    expect(halves[0]).not.toEqual(halves[1])
    expect([...halves[0]!].sort()).toEqual([...halves[1]!].sort())
  })

  test('may have an operator of its own, and mixtures may be mixed', async () => {
    const small = grey(6, 0)
    const large = indexed({
      size: 6,
      at: () => ({ image: { data: new Uint8Array(192), width: 8, height: 8, channels: 3 }, label: 1 }),
      classes: 2
    })
    const inner = mixDatasets([
      [small, 1],
      [large, 1, resize(4)]
    ])
    const source = mixDatasets(
      [
        [inner, 1, compose(randomFlip())],
        [grey(6, 50), 1]
      ],
      { seed: 3 }
    )
    const samples = await collect(source)
    const names = (sample: Sample) => sample.steps.map(({ name }) => name).join()
    expect([...new Set(samples.map(names))].sort()).toEqual(['', 'compose', 'resize,compose'])
    expect(new Set(samples.map(({ steps }) => steps)).size).toBe(3)
    const all = await run(source.pipe(batch(4)))
    expect(all.map(({ shape }) => shape)).toEqual([
      [4, 4, 4, 3],
      [4, 4, 4, 3],
      [4, 4, 4, 3]
    ])
  })

  test('gives partners and substitutes to its own samples only', async () => {
    const one = (sample: Sample) => sample.key.split('/')[0]
    const samples = await collect(mixture({ epochs: 4 }).pipe(samplePairing(), sameClassTuples(2)))
    for (const sample of samples) {
      const { steps } = await describeItem(sample)
      const [pair, tuple] = steps.map(({ partners }) => partners!)
      expect(pair!.length).toBe(1)
      for (const key of [...pair!, ...tuple!]) expect(key.split('/')[0]).toBe(one(sample))
      for (const key of tuple!) expect(Number(key.split('/')[1]) % 2).toBe(sample.label)
    }
    const broken = (n: number, base: number) =>
      arrays({
        images: new Uint8Array(n * 3).fill(base),
        labels: Array.from({ length: n }, (_, i) => [i < 2 ? 1 : 0, base]),
        shape: [1, 1, 3]
      })
    const faulty = mixDatasets(
      [
        [broken(20, 0), 1],
        [broken(20, 9), 1]
      ],
      { seed: 1 }
    )
    const all = await run(faulty.pipe(failing({ victims: [1] }), batch(40)), { onFault: 'substitute' })
    expect(all[0]!.faults.length).toBeGreaterThanOrEqual(4)
    const bytes = [...all[0]!.images].filter((_, i) => i % 3 === 0)
    expect([...all[0]!.labels].filter((_, i) => i % 2 === 1)).toEqual(bytes)
    expect(bytes.filter(byte => byte === 9).length).toBe(20)
  })
})

describe('facts', () => {
  test('classes must be the same, and the message says how', async () => {
    const named = (classes: readonly string[] | number) => grey(4, 0, { classes })
    const info = (a: SampleSource, b: SampleSource) =>
      mixDatasets([
        [a, 1],
        [b, 1]
      ]).info()
    await expect(info(named(['cat', 'dog']), named(['dog', 'cat']))).rejects.toThrow(
      'mixDatasets: the classes of grey 0 (cat, dog) and of grey 0 (dog, cat) differ. Give both sources the same option `classes`'
    )
    await expect(info(named(2), named(3))).rejects.toThrow('grey 0 (2 classes) and of grey 0 (3 classes) differ')
    expect(await info(named(2), named(['cat', 'dog']))).toMatchObject({
      classes: 2,
      classNames: ['cat', 'dog'],
      name: 'mixDatasets(grey 0, grey 0)'
    })
  })

  test('mean and deviation are those of the mixture', async () => {
    const { cifar10 } = await import('millrace')
    const test = cifar10({ split: 'test' })
    const { mean, std } = await test.info()
    const mixed = mixDatasets([
      [test, 1],
      [cifar10({ split: 'test', subset: [0, 0.5] }), 2]
    ])
    const info = await mixed.info()
    expect(info.shape).toEqual([32, 32, 3])
    for (let c = 0; c < 3; c++) {
      expect(info.mean![c]).toBeCloseTo(mean![c]!, 12)
      expect(info.std![c]).toBeCloseTo(std![c]!, 12)
    }
    expect((await mixture().info()).mean).toBeUndefined()
  })
})

describe('cursors', () => {
  const pipeline = (options: object = {}, a: object = {}) =>
    mixture(options, a).pipe(samplePairing(), batch(6), normalize())

  test('continue anywhere with the same bytes, without a seed of their own', async () => {
    const all = await run(pipeline({ epochs: 2, seed: undefined }))
    expect(all.length).toBe(34)
    for (const stop of [1, 8, 16, 17, 30]) {
      const { cursor } = all[stop - 1]!
      expect(JSON.stringify(cursor).length).toBeLessThan(500)
      expect(digest(await run(pipeline({ resume: cursor, seed: undefined })))).toBe(digest(all.slice(stop)))
    }
  })

  test('at another number of shards', async () => {
    const info = await mixture({ epochs: 2 }).info()
    const whole = await collect(mixture({ epochs: 2 }))
    for (const position of [0, 12, 96]) {
      const resume = cursorAt(info, { position })
      const parts = [0, 1, 2].map(index => mixture({ seed: undefined, resume, shard: { index, count: 3 } }))
      const seen = (await Promise.all(parts.map(collect))).flat()
      expect(keys(seen).sort()).toEqual(keys(whole.slice(position)).sort())
    }
  })

  test('of another mixture are refused', async () => {
    const resume = cursorAt(await mixture().info(), { position: 20 })
    const other: [SampleSource, RegExp][] = [
      [mixture({ resume, seed: undefined }, { shuffle: false }), /other weights or options of what is mixed/],
      [mixture({ resume, seed: undefined, stop: 'all' }), /another sampler, or with other weights/],
      [
        mixDatasets(
          [
            [grey(70, 0, { shuffle: true }), 0.6],
            [grey(50, 100, { shuffle: true }), 0.4]
          ],
          { resume }
        ),
        /other weights/
      ],
      [
        mixDatasets(
          [
            [grey(70, 0, { shuffle: true }), 0.7, resize(2)],
            [grey(50, 100, { shuffle: true }), 0.3]
          ],
          { resume }
        ),
        /options of what is mixed/
      ],
      [
        mixDatasets(
          [
            [grey(71, 0, { shuffle: true }), 0.7],
            [grey(50, 100, { shuffle: true }), 0.3]
          ],
          { resume }
        ),
        /belongs to other data/
      ],
      [grey(70, 0, { resume }), /belongs to other data/]
    ]
    for (const [source, message] of other) await expect(collect(source)).rejects.toThrow(message)
    expect((await collect(mixture({ resume, seed: undefined }))).length).toBe(80)
  })
})

describe('refused at the call', () => {
  const a = grey(4, 0)
  test.each([
    [[], 'must be a list of at least one [source, weight]'],
    [[a], '`datasets[0]` must be a list [source, weight]'],
    [[[a, 1], [a]], '`datasets[1]` must be a list'],
    [[[a, -1]], '`datasets[0][1]` must be a finite number of at least 0'],
    [[[a, 0]], '`datasets[0][1]` must be above 0'],
    [[[a.pipe(randomFlip()), 1]], '`datasets[0][0]` must be a source whose samples can be reached by index'],
    [[[iterable(() => []), 1]], 'Streams (iterable) have no index; use `indexed`'],
    [[[grey(4, 0, { epochs: 3 }), 1]], 'must be a source without the option `epochs`'],
    [[[grey(4, 0, { shard: { index: 0, count: 2 } }), 1]], 'Give `shard` to mixDatasets'],
    [[[a, 1, batch(4)]], '`datasets[0][2]` must be an operator that is one step for images'],
    [
      [
        [a, 1],
        [a, 1e-7]
      ],
      '`weights` must be weights of at least a 1000th of their sum'
    ]
  ])('%#', (datasets, message) => {
    expect(() => mixDatasets(datasets as never)).toThrow(message)
  })

  test('and a data set that is smaller than its share of a block, when it is opened', async () => {
    const few = mixDatasets([
      [grey(5, 0), 0.7],
      [grey(50, 100), 0.3]
    ])
    await expect(few.info()).rejects.toThrow('grey 0 has 5 samples, but a block of the mixture (7:3) takes 7.')
    expect(() => mixture({ shuffle: true })).toThrow('`shuffle` must be one of the options')
  })
})
