/** Class balance and weights: how often each sample comes, and that every order can be resumed and shared. */
import { arrays, type Cursor, classBalanced, imageFolder, indexed, type Sample, type Sampler, weighted } from 'millrace'
import { describe, expect, test } from 'vitest'
import { collect, cursorAt } from './collect.js'

/** 97 samples of class 0, 20 of class 1, none of class 2, 3 of class 3. */
const labels = Array.from({ length: 120 }, (_, i) => (i % 6 === 5 ? 1 : i % 40 === 0 ? 3 : 0))
const images = new Uint8Array(120)
type Options = Partial<Parameters<typeof arrays>[0]>
const source = (options: Options = {}) => arrays({ images, labels, shape: [1, 1, 1], classes: 4, seed: 3, ...options })

function counts(samples: readonly Sample[], of: (sample: Sample) => number, length: number): number[] {
  const list = new Array<number>(length).fill(0)
  for (const sample of samples) list[of(sample)]!++
  return list
}
const byIndex = (samples: readonly Sample[]) => counts(samples, ({ index }) => index, 120)
const byLabel = (samples: readonly Sample[]) => counts(samples, ({ label }) => label as number, 4)
const own = (label: number) => labels.flatMap((other, index) => (other === label ? [index] : []))

describe('classBalanced', () => {
  test('shows every class as often, in every run of as many samples as there are classes', async () => {
    const samples = await collect(source({ sampler: classBalanced(), epochs: 3 }))
    expect(samples.length).toBe(3 * 120)
    expect(byLabel(samples)).toEqual([120, 120, 0, 120])
    for (let i = 0; i < samples.length; i += 3) expect(byLabel(samples.slice(i, i + 3))).toEqual([1, 1, 0, 1])
    expect(samples.map(({ position }) => position)).toEqual(samples.map((_, i) => i % 120))
    const orders = new Set(samples.map((_, i) => byRun(samples, i)).filter((_, i) => i % 3 === 0))
    expect(orders.size).toBe(6) // each order of three classes occurs
  })

  test('shows each sample of a class before any is shown again, from epoch to epoch', async () => {
    const samples = await collect(source({ sampler: classBalanced(), epochs: 5 }))
    for (const label of [0, 1, 3]) {
      const shown = samples.filter(sample => sample.label === label).map(({ index }) => index)
      const size = own(label).length
      expect(shown.length).toBe(200)
      for (let i = 0; i + size <= shown.length; i += size) {
        expect(shown.slice(i, i + size).sort((a, b) => a - b)).toEqual(own(label))
      }
      const rounds = new Set(
        Array.from({ length: Math.floor(200 / size) }, (_, i) => shown.slice(i * size, (i + 1) * size).join())
      )
      expect(rounds.size).toBe(size === 3 ? 6 : Math.floor(200 / size)) // all 6 orders of three; else each is another
    }
  })

  test('takes the size of an epoch, which is rounded, and its part of a subset', async () => {
    const sampler = classBalanced({ samples: 31 })
    expect((await source({ sampler }).info()).size).toBe(30)
    expect(byLabel(await collect(source({ sampler, subset: [0, 0.8] })))).toEqual([10, 10, 0, 10])
    const inside = new Set((await collect(source({ subset: [0, 0.8] }))).map(({ index }) => index))
    const seen = new Set(
      (await collect(source({ sampler: classBalanced(), subset: [0, 0.8], epochs: 9 }))).map(({ index }) => index)
    )
    expect([...seen].sort()).toEqual([...inside].sort())
  })

  test('needs to know the classes beforehand, and says so', async () => {
    const at = (i: number) => ({ image: new Uint8Array(3), label: i % 2 })
    const unknown = indexed({ size: 4, at, classes: 2, sampler: classBalanced() })
    await expect(collect(unknown)).rejects.toThrow('indexed: classBalanced needs the class of every sample beforehand')
    await expect(source({ sampler: classBalanced(), classes: 3 }).info()).rejects.toThrow(
      'arrays: a sample has the label 3, which is none of the 3 classes (0 to 2)'
    )
    const known = indexed({ size: 4, at, classes: 2, classOf: i => i % 2, sampler: classBalanced() })
    expect((await collect(known)).length).toBe(4)
  })
})

describe('weighted', () => {
  test('shows each sample as often as its weight says, in every epoch', async () => {
    const weights = labels.map((label, i) => (label === 3 ? 0 : label === 1 ? 5 : 0.5 + (i % 3)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const epochs = 400
    const samples = await collect(source({ sampler: weighted(weights), epochs }))
    for (let epoch = 0; epoch < epochs; epoch++) {
      const found = byIndex(samples.slice(epoch * 120, epoch * 120 + 120))
      for (const [i, count] of found.entries()) {
        expect(Math.abs(count - (120 * weights[i]!) / total)).toBeLessThan(2)
      }
    }
    for (const [i, count] of byIndex(samples).entries()) {
      const expected = (epochs * 120 * weights[i]!) / total
      expect(Math.abs(count - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(expected)) // of 120
    }
  })

  test('of equal weights is a full shuffle, another one in each epoch', async () => {
    const samples = await collect(source({ sampler: weighted(Float64Array.from(labels, () => 0.1)), epochs: 2 }))
    expect(byIndex(samples)).toEqual(new Array(120).fill(2))
    expect(byIndex(samples.slice(0, 120))).toEqual(new Array(120).fill(1))
    const order = (from: number) => samples.slice(from, from + 120).map(({ index }) => index)
    expect(order(0)).not.toEqual(order(120))
    expect(order(0)).not.toEqual(order(0).sort((a, b) => a - b))
  })

  test('takes a function of index and class, and the size of an epoch', async () => {
    const heard: [number, number][] = []
    const sampler = weighted(
      (index, label) => {
        heard.push([index, label])
        return label === 3 ? 1 : 0
      },
      { samples: 300 }
    )
    expect(byIndex(await collect(source({ sampler })))).toEqual(labels.map(label => (label === 3 ? 100 : 0)))
    expect(heard).toEqual(labels.map((label, i) => [i, label]))
  })

  test('keeps its own copy of the weights', async () => {
    const weights = labels.map(label => Number(label === 3))
    const sampler = weighted(weights)
    weights.fill(1)
    expect(byLabel(await collect(source({ sampler })))).toEqual([0, 0, 0, 120])
  })

  test('refuses weights that are none, and says which', async () => {
    const info = (sampler: Sampler) => source({ sampler }).info()
    await expect(info(weighted([1, 2]))).rejects.toThrow('weighted was given 2 weights, but there are 120 samples')
    await expect(info(weighted(i => 5 - i))).rejects.toThrow(
      'the weight of sample 6 must be a finite number of at least 0, but is -1'
    )
    await expect(info(weighted((_, label) => label / 0))).rejects.toThrow('the weight of sample 0 must be')
    await expect(info(weighted(() => 0))).rejects.toThrow('the weights add up to 0')
    await expect(info(weighted(() => 1e308))).rejects.toThrow('the weights add up to Infinity')
  })
})

test.each([
  [{ sampler: 'classBalanced' }, '`sampler` must be what classBalanced() or weighted() gives, but is "classBalanced"'],
  [{ sampler: classBalanced(), shuffle: false }, '`shuffle` must be left out']
])('%j is refused at the call', (options, message) => {
  expect(() => source(options as never)).toThrow(message)
})

test('arguments are checked at the call', () => {
  expect(() => classBalanced({ samples: 0 })).toThrow('classBalanced: `samples` must be')
  expect(() => weighted([1], { sample: 3 } as never)).toThrow('weighted: `sample` must be')
  expect(() => weighted(3 as never)).toThrow('weighted: `weights` must be a list of numbers, or a function')
  expect(() => imageFolder('x', { sampler: weighted([1]), shuffle: true })).not.toThrow()
})

describe.each([
  ['classBalanced', () => classBalanced({ samples: 60 })],
  ['weighted', () => weighted(index => index + 1, { samples: 60 })]
] as const)('%s', (_, make) => {
  const options = (): Options => ({ sampler: make(), epochs: 3, subset: [0.1, 1] })
  const places = (samples: readonly Sample[]) =>
    samples.map(({ epoch, position, index }) => [epoch, position, index].join())

  test('gives the same order for the same seed, and another one for another', async () => {
    const all = places(await collect(source(options())))
    expect(places(await collect(source(options())))).toEqual(all)
    expect(places(await collect(source({ ...options(), seed: 4 })))).not.toEqual(all)
  })

  test('shards share one order, and a cursor continues anywhere, on any number of shards', async () => {
    const whole = await collect(source(options()))
    const info = await source(options()).info()
    for (const [epoch, position] of [
      [0, 0],
      [0, 4],
      [1, 58],
      [2, 30],
      [2, 60]
    ] as const) {
      const resume = cursorAt(info, { epoch, position })
      const rest = whole.filter(s => s.epoch > epoch || (s.epoch === epoch && s.position >= position))
      for (const count of [1, 2, 3]) {
        const parts = Array.from({ length: count }, (_, index) =>
          source({ sampler: make(), resume, shard: { index, count } })
        )
        const seen = (await Promise.all(parts.map(collect))).map(places)
        expect(seen.flat().sort()).toEqual(places(rest).sort())
      }
    }
  })

  test('a cursor of another sampler is refused', async () => {
    const resume: Cursor = cursorAt(await source(options()).info(), { position: 6 })
    expect(JSON.stringify(resume).length).toBeLessThan(400)
    const other = [undefined, classBalanced({ samples: 90 }), weighted(index => index + 2, { samples: 60 })]
    for (const sampler of other) {
      await expect(collect(source({ resume, sampler }))).rejects.toThrow(
        /^arrays: the cursor was taken with another sampler/
      )
    }
    const plain = cursorAt(await source({ shuffle: true }).info(), { position: 6 })
    await expect(collect(source({ resume: plain, sampler: make() }))).rejects.toThrow('(none, here "')
  })
})

function byRun(samples: readonly Sample[], i: number): string {
  return samples
    .slice(i, i + 3)
    .map(({ label }) => label)
    .join('')
}
