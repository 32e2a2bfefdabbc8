import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawPartners, KEPT, visitPairs } from '#dist/kernels/partners.js'
import { rngFor } from './support.js'

describe('policies', () => {
  test('reverse and roll', () => {
    expect(drawPartners(rngFor('reverse'), 'reverse', 5)).toEqual([4, 3, 2, 1, 0])
    expect(drawPartners(rngFor('roll'), 'roll', 5)).toEqual([4, 0, 1, 2, 3])
    expect(drawPartners(rngFor('roll'), 'roll', 1)).toEqual([0])
  })

  test('permutation: one sample a batch meets itself on average', () => {
    const rng = rngFor('permutation')
    let same = 0
    for (let i = 0; i < 2000; i++) same += drawPartners(rng, 'permutation', 8).filter((p, row) => p === row).length
    expect(Math.abs(same - 2000)).toBeLessThan(4 * Math.sqrt(2000))
  })
})

test('every pair is visited once, with the partner as it was', () => {
  const orders = fc.integer({ min: 1, max: 12 }).chain(n =>
    fc.shuffledSubarray(
      Array.from({ length: n }, (_, i) => i),
      { minLength: n }
    )
  )
  fc.assert(
    fc.property(orders, partners => {
      // Strings grow, so that one that was changed too early would show.
      const rows = partners.map((_, i) => `${i}`)
      let kept = ''
      const keep = (row: number) => {
        kept = rows[row]!
      }
      visitPairs(partners, keep, (row, partner) => {
        rows[row] += `+${partner === KEPT ? kept : rows[partner]}`
      })
      expect(rows).toEqual(partners.map((partner, i) => (partner === i ? `${i}` : `${i}+${partner}`)))
    }),
    { seed: 4, numRuns: 300 }
  )
})
