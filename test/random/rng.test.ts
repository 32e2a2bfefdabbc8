import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Rng, type RngKey, rngKey } from '#dist/random/rng.js'
import { threefry4x32 } from '#dist/random/threefry.js'
import { chiSquareZ, moments } from './statistics.js'

const key = rngKey(7, 'cifar10 train', 'randomFlip', 0)
const fresh = (position = 0) => new Rng().reset(key, 0, position)

describe('streams', () => {
  test('the counter is block, position, role and epoch', () => {
    const rng = new Rng().reset(key, 5, 3 * 2 ** 32 + 9, 17)
    for (let block = 0; block < 3; block++) {
      const words = new Uint32Array(4)
      threefry4x32(words, block, 9, (3 << 11) | 17, 5, ...key)
      expect([rng.uint32(), rng.uint32(), rng.uint32(), rng.uint32()]).toEqual([...words])
    }
  })

  test('a stream is the same whatever was drawn before', () => {
    const rng = new Rng()
    const first = stream(rng.reset(key, 1, 2, 3))
    rng.reset(key, 9, 9).normal()
    rng.float()
    expect(stream(rng.reset(key, 1, 2, 3))).toEqual(first)
    expect(stream(new Rng().reset(key, 1, 2, 3))).toEqual(first)
  })

  test('another epoch, position, role or key is another stream', () => {
    const other = [1, 2 ** 32 + 1].flatMap(n => [
      rngKey(7 + n, 'cifar10 train', 'randomFlip', 0),
      rngKey(-n, 'cifar10 train', 'randomFlip', 0),
      rngKey(7, 'cifar10 train', 'randomFlip', n)
    ])
    const names = ['cifar10', 'cifar10 train\0', 'mnist'].map(name => rngKey(7, name, 'randomFlip', 0))
    const streams = [
      ...[key, ...other, ...names, rngKey(7, 'cifar10 train', 'cutout', 0)].map(k => new Rng().reset(k, 0, 0)),
      ...[1, 2, 2 ** 31, 2 ** 32 - 1].map(epoch => new Rng().reset(key, epoch, 0)),
      ...[1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map(position => new Rng().reset(key, 0, position)),
      ...[1, 2, 2047].map(role => new Rng().reset(key, 0, 0, role))
    ].map(rng => stream(rng).join())
    expect(new Set(streams).size).toBe(streams.length)
  })

  test('keys tell apart where one text ends and the next begins', () => {
    const keys = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc', ''],
      ['', 'abc'],
      ['ab\0', 'c'],
      ['abcdefgh', 'i'],
      ['abcdefg', 'hi'],
      ['ſ', 'c'],
      ['a\u{1F600}', 'c']
    ].map(([source, name]) => rngKey(0, source!, name!, 0).join())
    expect(new Set(keys).size).toBe(keys.length)
    expect(rngKey(-0, 'a', 'b', 0)).toEqual(rngKey(0, 'a', 'b', 0))
  })

  test('one changed bit of the input changes about half of the key', () => {
    const seeds = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER - 1 })
    const flips = fc.sample(fc.tuple(seeds, fc.string()), { seed: 1, numRuns: 500 }).map(([seed, text]) => {
      return differingBits(rngKey(seed, text, 'a', 0), rngKey(seed + 1, text, 'a', 0))
    })
    const { mean, variance } = moments(flips)
    expect(Math.abs(mean - 64)).toBeLessThan(4 * Math.sqrt(32 / 500))
    expect(Math.abs(variance - 32)).toBeLessThan(4 * 32 * Math.sqrt(2 / 500))
  })

  test('first draws of neighbouring positions, epochs and seeds are uniform and uncorrelated', () => {
    const rng = new Rng()
    const places: ((i: number) => Rng)[] = [
      i => rng.reset(key, 0, i),
      i => rng.reset(key, i, 0),
      i => rng.reset(rngKey(i, 'a', 'b', 0), 0, 0)
    ]
    for (const place of places) {
      const values = Float64Array.from({ length: 20_000 }, (_, i) => place(i).float())
      expect(Math.abs(correlation(values, 1))).toBeLessThan(4 / Math.sqrt(20_000))
      expect(chiSquareZ(histogram(values, 50))).toBeLessThan(4)
    }
  })
})

describe('draws', () => {
  test('float fills [0, 1) with 53 bits', () => {
    const rng = fresh()
    const values = Float64Array.from({ length: 100_000 }, () => rng.float())
    expect(values.every(x => x >= 0 && x < 1)).toBe(true)
    expect(chiSquareZ(histogram(values, 100))).toBeLessThan(4)
    const lastBits = values.reduce((sum, x) => sum + ((x * 2 ** 53) % 2), 0)
    expect(Math.abs(lastBits - 50_000)).toBeLessThan(4 * Math.sqrt(25_000))
  })

  test.each([1, 2, 3, 7, 10, 100, 3 * 2 ** 30, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 51, 2 ** 53])('int(%d) is fair', n => {
    const rng = fresh(n)
    const cells = Math.min(n, 12)
    const counts = new Float64Array(cells)
    for (let i = 0; i < 24_000; i++) {
      const x = rng.int(n)
      if (!(Number.isInteger(x) && x >= 0 && x < n)) throw new Error(`${x} is not below ${n}`)
      // Cells by remainder where there are few values, else by size.
      counts[n === cells ? x : Math.floor((x / n) * cells)]!++
    }
    if (n > 1) expect(chiSquareZ(counts, n % cells === 0 || n > 1e6 ? undefined : shares(n, cells))).toBeLessThan(4)
  })

  test('int by remainder would favour small values of 3 · 2^30; rejection does not', () => {
    const rng = fresh(1)
    let low = 0
    for (let i = 0; i < 20_000; i++) if (rng.int(3 * 2 ** 30) < 2 ** 30) low++
    expect(Math.abs(low - 20_000 / 3)).toBeLessThan(4 * Math.sqrt((20_000 * 2) / 9))
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53 + 2, Infinity])('int(%d) throws', n => {
    expect(() => fresh().int(n)).toThrow(RangeError)
  })

  test('bool: 0 is never, 1 is always, p is p', () => {
    const rng = fresh()
    const count = (p: number) => Array.from({ length: 10_000 }, () => rng.bool(p)).filter(Boolean).length
    expect(count(0)).toBe(0)
    expect(count(1)).toBe(10_000)
    expect(Math.abs(count(0.3) - 3000)).toBeLessThan(4 * Math.sqrt(2100))
  })

  test('uniform spans its interval', () => {
    const rng = fresh()
    const values = Float64Array.from({ length: 20_000 }, () => rng.uniform(-2, 6))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2)
    expect(Math.max(...values)).toBeLessThan(6)
    expect(
      chiSquareZ(
        histogram(
          values.map(x => (x + 2) / 8),
          20
        )
      )
    ).toBeLessThan(4)
  })

  test('all 24 permutations of 4 are equally likely', () => {
    const counts = new Map<string, number>()
    const rng = new Rng()
    for (let i = 0; i < 24_000; i++) {
      const order = rng.reset(key, 0, i).permutation(4).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    expect(chiSquareZ([...counts.values()])).toBeLessThan(4)
  })

  test('a permutation of 0 and of 1', () => {
    expect([...fresh().permutation(0)]).toEqual([])
    expect([...fresh().permutation(1)]).toEqual([0])
  })
})

function stream(rng: Rng): number[] {
  return [rng.uint32(), rng.normal(), rng.int(1000), rng.float(), rng.normal(), rng.uint32()]
}

function differingBits(a: RngKey, b: RngKey): number {
  return a.reduce((sum, word, i) => sum + ((word ^ b[i]!) >>> 0).toString(2).replaceAll('0', '').length, 0)
}

function histogram(values: ArrayLike<number>, cells: number): Float64Array {
  const counts = new Float64Array(cells)
  for (let i = 0; i < values.length; i++) counts[Math.floor(values[i]! * cells)]!++
  return counts
}

/** The share of [0, n) that falls into each of `cells` cells of equal width. */
function shares(n: number, cells: number): number[] {
  const counts = new Array<number>(cells).fill(0)
  for (let x = 0; x < n; x++) counts[Math.floor((x / n) * cells)]! += 1 / n
  return counts
}

function correlation(values: Float64Array, lag: number): number {
  const { mean, variance } = moments(values)
  let sum = 0
  for (let i = lag; i < values.length; i++) sum += (values[i]! - mean) * (values[i - lag]! - mean)
  return sum / (values.length - lag) / variance
}

describe('child', () => {
  const place = (key = rngKey(1, 'data', 'step', 0)) => new Rng().reset(key, 3, 5, 1)

  test('depends on the key, the place, its name and its occurrence, and on nothing else', () => {
    const first = place().child('flip').uint32()
    const used = place()
    for (let i = 0; i < 9; i++) used.float()
    expect(used.child('flip').uint32()).toBe(first)
    const others = [
      place().child('flip', 1).uint32(),
      place().child('crop').uint32(),
      place(rngKey(2, 'data', 'step', 0))
        .child('flip')
        .uint32(),
      new Rng()
        .reset(rngKey(1, 'data', 'step', 0), 3, 6, 1)
        .child('flip')
        .uint32(),
      place().child('flip').child('flip').uint32(),
      place().uint32()
    ]
    expect(new Set([first, ...others]).size).toBe(others.length + 1)
  })

  test('a generator that is used again has fresh children', () => {
    const rng = place()
    const before = rng.child('a').uint32()
    rng.reset(rngKey(7, 'data', 'step', 0), 3, 5, 1).child('a')
    expect(
      rng
        .reset(rngKey(1, 'data', 'step', 0), 3, 5, 1)
        .child('a')
        .uint32()
    ).toBe(before)
  })

  test('is uniform', () => {
    const counts = new Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++)
      counts[
        new Rng()
          .reset(rngKey(1, 'd', 's', 0), 0, i)
          .child('x')
          .int(16)
      ]!++
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(chiSquare).toBeLessThan(15 + 4 * Math.sqrt(30))
  })
})
