import { describe, expect, test } from 'vitest'
import { coins } from '#dist/random/coins.js'
import { Rng, rngKey } from '#dist/random/rng.js'
import { chiSquareZ } from './statistics.js'

const N = 400_000

function thrown(p: number, length = N, position = 0): Uint8Array {
  const out = new Uint8Array(length).fill(7)
  coins(new Rng().reset(rngKey(3, 'test', 'coins', 0), 0, position), p, out)
  return out
}

const count = (out: Uint8Array): number => out.reduce((sum, coin) => sum + coin, 0)

describe('coins', () => {
  test.each([0.0005, 1 / 256, 0.2, 1 / 3, 0.5, 0.7508, 0.9995])('probability %d', p => {
    const out = thrown(p)
    expect(out.every(coin => coin === 0 || coin === 1)).toBe(true)
    expect(Math.abs(count(out) - N * p)).toBeLessThan(4 * Math.sqrt(N * p * (1 - p)))
  })

  test('0 and 1 leave nothing to chance', () => {
    expect(count(thrown(0))).toBe(0)
    expect(count(thrown(1))).toBe(N)
  })

  test('neighbours know nothing of each other', () => {
    const out = thrown(0.3)
    for (const distance of [1, 2, 3, 4, 5]) {
      const pairs = [0, 0, 0, 0]
      for (let i = 0; i < N - distance; i += 2 * distance) pairs[2 * out[i]! + out[i + distance]!]!++
      expect(chiSquareZ(pairs, [0.49, 0.21, 0.21, 0.09])).toBeLessThan(4)
    }
  })

  test('the same place gives the same coins, whatever the length', () => {
    expect(thrown(0.3, 10)).toEqual(thrown(0.3, 1000).subarray(0, 10))
    expect(thrown(0.3, 1000, 1)).not.toEqual(thrown(0.3, 1000))
    expect(thrown(0.3, 0)).toEqual(new Uint8Array(0))
  })
})
