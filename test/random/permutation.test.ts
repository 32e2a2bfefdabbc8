import { describe, expect, test } from 'vitest'
import { permutation } from '#dist/random/permutation.js'
import { Rng, rngKey } from '#dist/random/rng.js'
import { chiSquareZ } from './statistics.js'

const keyOf = (seed: number) => rngKey(seed, 'permutation', 'shuffle', 0)

describe('is one to one', () => {
  test('for every n up to 300, and around the size where the method changes', () => {
    for (let n = 0; n <= 300; n++) expectBijection(n, n)
    for (const n of [1000, 1023, 1024, 1025, 1026, 1088, 1089, 1090]) expectBijection(n, n)
  })

  test.each([1031, 2047, 2048, 2049, 4095, 4096, 4097, 50_000, 65_521, 65_535, 65_536, 65_537, 1_281_167])(
    'n = %d',
    n => {
      expectBijection(n, 1)
    }
  )

  test.each([2 ** 32 - 1, 2 ** 32 + 1, 2 ** 33 + 7, 2 ** 52])('windows of n = %d hold no index twice', n => {
    const shuffled = permutation(n, keyOf(3))
    const seen = new Set<number>()
    for (const start of [0, Math.floor(n / 2), n - 20_000]) {
      for (let i = start; i < start + 20_000; i++) {
        const index = shuffled(i)
        if (!(Number.isInteger(index) && index >= 0 && index < n)) throw new Error(`${index} is not below ${n}`)
        seen.add(index)
      }
    }
    expect(seen.size).toBe(60_000)
  })
})

describe('is uniform', () => {
  test.each([3, 4, 5])('all orders of %d are equally likely', n => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 24_000; seed++) {
      const shuffled = permutation(n, keyOf(seed))
      const order = Array.from({ length: n }, (_, i) => shuffled(i)).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe([6, 24, 120][n - 3])
    expect(chiSquareZ([...counts.values()])).toBeLessThan(4)
  })

  test('n = 2000: an index lands anywhere, and two of them do so independently', () => {
    const n = 2000
    const pairs = [
      [0, 1],
      [0, 45],
      [44, 45],
      [10, 1999]
    ] as const
    const first = pairs.map(() => new Float64Array(100))
    const joint = pairs.map(() => new Float64Array(64))
    const step = pairs.map(() => new Float64Array(7))
    for (let seed = 0; seed < 30_000; seed++) {
      const shuffled = permutation(n, keyOf(seed))
      pairs.forEach(([a, b], i) => {
        const [u, v] = [shuffled(a), shuffled(b)]
        first[i]![Math.floor(u / 20)]!++
        joint[i]![8 * Math.floor(u / 250) + Math.floor(v / 250)]!++
        step[i]![((v - u + n) % n) % 7]!++
      })
    }
    for (const counts of [...first, ...joint, ...step]) expect(chiSquareZ(counts)).toBeLessThan(4)
  })

  test('two samples meet in a batch as often as in a perfect shuffle, (B − 1) / (N − 1)', () => {
    const [n, size, epochs] = [2000, 50, 2000]
    const batchOf = new Int32Array(n)
    let met = 0
    for (let epoch = 0; epoch < epochs; epoch++) {
      const shuffled = permutation(n, keyOf(epoch))
      for (let i = 0; i < n; i++) batchOf[shuffled(i)] = Math.floor(i / size)
      for (let i = 0; i < n; i += 2) if (batchOf[i] === batchOf[i + 1]) met++
    }
    const trials = (epochs * n) / 2
    const share = (size - 1) / (n - 1)
    expect(Math.abs(met - trials * share)).toBeLessThan(4 * Math.sqrt(trials * share * (1 - share)))
  })

  test('neighbours are not sent to neighbours, and few indices stay', () => {
    const n = 50_000
    const shuffled = permutation(n, keyOf(5))
    const order = Array.from({ length: n }, (_, i) => shuffled(i))
    const stays = order.filter((index, i) => index === i).length
    const steps = order.filter((index, i) => Math.abs(index - order[(i + 1) % n]!) === 1).length
    expect(stays).toBeLessThanOrEqual(6)
    expect(steps).toBeLessThanOrEqual(10)
  })
})

test('another key is another order, unrelated to the first', () => {
  for (const n of [1000, 50_000]) {
    const [a, b] = [permutation(n, keyOf(1)), permutation(n, keyOf(2))]
    const same = Array.from({ length: n }, (_, i) => a(i) === b(i)).filter(Boolean).length
    expect(same).toBeLessThanOrEqual(6)
  }
})

test('the same key is the same order; a table equals a shuffle by the generator', () => {
  expect(permutation(50_000, keyOf(1))(123)).toBe(permutation(50_000, keyOf(1))(123))
  const table = permutation(1000, keyOf(1))
  expect(Array.from({ length: 1000 }, (_, i) => table(i))).toEqual([
    ...new Rng().reset(keyOf(1), 0, 0).permutation(1000)
  ])
})

test('the order of a key never changes between versions', () => {
  const shuffled = permutation(50_000, keyOf(1))
  expect([0, 1, 2, 3, 49_999].map(shuffled)).toMatchInlineSnapshot(`
    [
      5095,
      15315,
      18277,
      23634,
      6239,
    ]
  `)
  expect(keyOf(1)).toMatchInlineSnapshot(`
    [
      -487976357,
      -278093376,
      -1488290069,
      620626400,
    ]
  `)
})

function expectBijection(n: number, seed: number): void {
  const shuffled = permutation(n, keyOf(seed))
  const seen = new Uint8Array(n)
  for (let i = 0; i < n; i++) seen[shuffled(i)]!++
  if (seen.some(count => count !== 1)) throw new Error(`not a permutation of ${n}`)
  expect(seen.length).toBe(n)
}
