import { describe, expect, test } from 'vitest'
import { augMixStep } from '#dist/kernels/augMix.js'
import { applyChanges, type PolicyChange } from '#dist/kernels/policy.js'
import { randAugmentStep } from '#dist/kernels/randAugment.js'
import { trivialAugmentWideStep } from '#dist/kernels/trivialAugmentWide.js'
import { applied, blank, grey, noFacts, randomImage, rngFor, rowsOf, shapeOf } from './support.js'

const sampling = { interpolation: 'nearest', border: 'constant', fill: 0 } as const
const WIDE = [60, 331, 3] as const

/** The magnitudes that each operation was drawn with. */
function magnitudes(draw: (i: number) => readonly PolicyChange[], count: number): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (let i = 0; i < count; i++) {
    for (const { operation, magnitude } of draw(i)) {
      found.set(operation, [...(found.get(operation) ?? []), magnitude])
    }
  }
  return found
}

function expectUniform(counts: readonly number[], total: number): void {
  const expected = total / counts.length
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const freedom = counts.length - 1
  expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom))
}

describe('randAugment', () => {
  const draw = (magnitude: number) => (i: number) =>
    randAugmentStep.draw(rngFor('rand', i), { n: 2, magnitude, bins: 31, ...sampling }, WIDE, noFacts, [])!.changes
  const found = magnitudes(draw(30), 3000)

  test('draws fourteen operations equally often', () => {
    expect(found.size).toBe(14)
    expectUniform(
      [...found.values()].map(list => list.length),
      6000
    )
  })

  test('the strongest magnitudes are those of torchvision, with either sign', () => {
    const strongest = Object.fromEntries(
      [...found].map(([name, list]) => [name, [...new Set(list)].sort((a, b) => a - b)])
    )
    expect(strongest).toMatchObject({
      identity: [0],
      shearX: [-0.3, 0.3],
      translateX: [-150, 150],
      rotate: [-30, 30],
      color: [-0.9, 0.9],
      posterize: [4],
      solarize: [0],
      equalize: [0]
    })
    expect(strongest.translateY![1]).toBeCloseTo((150 / 331) * 60, 12)
    const rotations = found.get('rotate')!
    expectUniform([rotations.filter(x => x > 0).length, rotations.filter(x => x < 0).length], rotations.length)
  })

  test('the weakest change nothing', () => {
    const image = randomImage([9, 8, 3], 2)
    for (let i = 0; i < 60; i++) {
      const changes = draw(0)(i).filter(({ operation }) => !['autoContrast', 'equalize'].includes(operation))
      if (changes.length === 2) {
        const out = blank(shapeOf(image))
        applyChanges(image, { changes, ...sampling, fill: [0, 0, 0] }, out)
        expect(out).toEqual(image)
      }
    }
  })
})

test('trivialAugmentWide draws one operation, at any of its magnitudes', () => {
  const options = { bins: 31, ...sampling }
  const draw = (i: number) => trivialAugmentWideStep.draw(rngFor('wide', i), options, WIDE, noFacts, [])?.changes ?? []
  const found = magnitudes(draw, 8000)
  expect(found.size).toBe(13)
  const rotations = found.get('rotate')!
  expect(Math.max(...rotations)).toBe(135)
  expect(new Set(rotations.map(Math.abs)).size).toBe(31)
  expect(Math.min(...found.get('posterize')!)).toBe(2)
  expect(Math.max(...found.get('translateX')!)).toBe(32)
})

test('operations one after the other, with a shift that shows', () => {
  const changes = [
    { operation: 'translateX', magnitude: -1.9 },
    { operation: 'solarize', magnitude: 100 / 255 },
    { operation: 'posterize', magnitude: 4 }
  ] as const
  const out = blank([2, 3, 1])
  applyChanges(grey([10, 100, 255], [99, 7, 33]), { changes, ...sampling, fill: [0] }, out)
  expect(rowsOf(out)).toEqual([
    [144, 0, 0],
    [0, 32, 0]
  ])
})

describe('augMix', () => {
  const options = { severity: 3, width: 3, depth: 0, alpha: 1, ...sampling }
  const draw = (i: number) => augMixStep.draw(rngFor('mix', i), options, WIDE, noFacts, [])!

  test('weights are not negative, with a sum of 1; chains have 1 to 3 operations of small magnitude', () => {
    const lengths = [0, 0, 0, 0]
    for (let i = 0; i < 500; i++) {
      const { own, chains } = draw(i)
      const weights = [own, ...chains.map(({ weight }) => weight)]
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
      for (const { changes } of chains) {
        lengths[changes.length]!++
        for (const { operation, magnitude } of changes) {
          if (operation === 'rotate') expect(Math.abs(magnitude)).toBeLessThan(7)
        }
      }
    }
    expectUniform(lengths.slice(1), 1500)
  })

  test('chains that change nothing give the image', () => {
    const image = randomImage([12, 9, 3], 3)
    const changes = [{ operation: 'identity', magnitude: 0 }] as const
    const chains = [0.2, 0.3].map(weight => ({ weight, changes }))
    const out = applied(augMixStep, image, { own: 0.5, chains, ...sampling, fill: [0, 0, 0] })
    expect(out).toEqual(image)
  })

  test('masks and points are refused', () => {
    expect(() => augMixStep.geometry!.point(draw(0), WIDE, 1, 1, 0)).toThrow(/differently moved versions/)
  })
})
