/** How well samples are mixed: the entropy of the differences between neighbours, beside a true random permutation. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { iterable, Rng, windowShuffle } from 'millrace'
import { expect, test } from 'vitest'
import { rngKey } from '#dist/random/rng.js'
import { collect, counting } from './collect.js'

const SIZE = 50_000
const BINS = 256
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** 1 where the difference between neighbours, as a share of the data set, may be anything; 0 where it is always the same. */
function entropy(order: readonly number[]): number {
  const counts = new Array<number>(BINS).fill(0)
  for (let i = 1; i < order.length; i++) {
    const difference = (order[i]! - order[i - 1]! + order.length) % order.length
    counts[Math.floor((difference / order.length) * BINS)]!++
  }
  const bits = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / (order.length - 1)) * Math.log2(count / (order.length - 1))),
    0
  )
  return bits / Math.log2(BINS)
}

const indices = async (source: Parameters<typeof collect<{ readonly index: number }>>[0]) =>
  (await collect(source)).map(({ index }) => index)
const pixel = new Uint8Array(3)
const stream = () => iterable(() => range(SIZE).map(() => ({ image: pixel, label: 0 })), { seed: 7 })

test('a full shuffle mixes as a true random permutation does, windows the better the larger they are', async () => {
  const random = [...new Rng().reset(rngKey(1, 'test', 'permutation', 0), 0, 0).permutation(SIZE)]
  const measured: [string, number][] = [
    ['a random permutation', entropy(random)],
    ['`shuffle: true`', entropy(await indices(counting(SIZE, { shuffle: true, seed: 7 })))]
  ]
  for (const size of [25_000, 10_000, 1000, 100]) {
    const share = `${(100 * size) / SIZE} %`
    measured.push([
      `\`windowShuffle(${size.toLocaleString('en')})\`, ${share}`,
      entropy(await indices(stream().pipe(windowShuffle(size))))
    ])
  }
  measured.push(['no shuffle', entropy(await indices(stream()))])

  const values = measured.map(([, value]) => value)
  expect(values.at(-1)).toBe(0)
  // Both are 1 less what 256 bins cost at this length: 255 ÷ (2 × 50,000 × ln 2) bits of 8.
  const bias = (BINS - 1) / (2 * SIZE * Math.LN2) / Math.log2(BINS)
  for (const value of values.slice(0, 2))
    expect(Math.abs(1 - bias - value)).toBeLessThan((6 * bias) / Math.sqrt(BINS / 2))
  expect([...values].sort((a, b) => b - a).slice(2)).toEqual(values.slice(2))

  const page = readFileSync(join(import.meta.dirname, '../../docs/sampling.md'), 'utf8')
  for (const [name, value] of measured) expect(page).toContain(`| ${name} | ${value.toFixed(3)} |`)
})

test('and so does each further epoch, and neighbours of one epoch are none in the next', async () => {
  const all = await indices(counting(SIZE, { shuffle: true, seed: 7, epochs: 2 }))
  const [first, second] = [all.slice(0, SIZE), all.slice(SIZE)]
  expect(entropy(second)).toBeGreaterThan(0.999)
  const place = new Uint32Array(SIZE)
  for (const [i, index] of second.entries()) place[index] = i
  expect(entropy(first.map(index => place[index]!))).toBeGreaterThan(0.999)
})
