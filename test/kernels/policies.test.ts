import { describe, expect, test } from 'vitest'
import { augMixStep } from '#dist/kernels/augMix.js'
import { applyChanges, type PolicyChange, type PolicyOperation } from '#dist/kernels/policy.js'
import { randAugmentStep } from '#dist/kernels/randAugment.js'
import { trivialAugmentWideStep } from '#dist/kernels/trivialAugmentWide.js'
import fixtures from '../fixtures/color.json' with { type: 'json' }
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

/** An operation's name here from its name in torchvision. */
const named = (name: string) => (name.charAt(0).toLowerCase() + name.slice(1)) as PolicyOperation

describe('equals torchvision', () => {
  const { pixels, ...shape } = fixtures.images.rgb
  const image = { data: new Uint8Array(Buffer.from(pixels, 'base64')), ...shape }
  const exact = ['posterize', 'solarize', 'shearX', 'shearY', 'translateX', 'translateY', 'rotate']

  test.each(fixtures.operations)('$operation by $magnitude', ({ operation, magnitude, pixels }) => {
    const out = blank(shapeOf(image))
    const fill = [fixtures.fill, fixtures.fill, fixtures.fill]
    applyChanges(image, { changes: [{ operation: named(operation), magnitude }], ...sampling, fill }, out)
    const expected = Buffer.from(pixels, 'base64')
    const distance = out.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
    expect(distance).toBeLessThanOrEqual(exact.includes(named(operation)) ? 0 : 1)
  })

  /** Parameters for each bin; none where bins are drawn. */
  const draws: Record<string, (i: number, bins: number, bin: number) => readonly PolicyChange[]> = {
    randAugment: (i, bins, magnitude) =>
      randAugmentStep.draw(rngFor('bins', i), { n: 1, magnitude, bins, ...sampling }, WIDE, noFacts, [])!.changes,
    trivialAugmentWide: (i, bins) =>
      trivialAugmentWideStep.draw(rngFor('bins', i), { bins, ...sampling }, WIDE, noFacts, [])?.changes ?? [],
    augMix: i => {
      const options = { severity: 10, width: 3, depth: 2, alpha: 1, ...sampling }
      return augMixStep
        .draw(rngFor('bins', i), options, WIDE, noFacts, [])!
        .chains.flatMap(({ changes }) => changes as PolicyChange[])
    }
  }

  test.each(fixtures.spaces)(
    'all magnitudes of $policy with $bins bins',
    ({ policy, bins, height, width, operations }) => {
      expect([height, width]).toEqual(WIDE.slice(0, 2))
      const found = magnitudes(i => draws[policy]!(i, bins, i % bins), policy === 'augMix' ? 800 : 9000)
      const expected = Object.entries(operations).map(([name, { signed, values }]) => {
        const all = (values ?? [0]).flatMap(value => (signed && value !== 0 ? [value, -value] : [value]))
        return [named(name), distinct(all)] as const
      })
      for (const [name, list] of expected) {
        if (name === 'identity' && policy === 'trivialAugmentWide') continue
        const drawn = distinct(found.get(name)!)
        expect(drawn.length, name).toBe(list.length)
        for (const [i, value] of list.entries()) expect(drawn[i], name).toBeCloseTo(value, 4)
      }
      expect([...found.keys()].every(name => expected.some(([known]) => known === name))).toBe(true)
    }
  )

  test('bits go half to even, bin by bin', () => {
    const { values } = fixtures.spaces.find(({ policy, bins }) => policy === 'randAugment' && bins === 9)!.operations
      .Posterize
    for (const [bin, bits] of values.entries()) {
      const drawn = magnitudes(i => draws.randAugment!(i, 9, bin), 200).get('posterize')!
      expect(distinct(drawn)).toEqual([bits])
    }
  })
})

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
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

test('a shift by a whole number of pixels is that number, whatever its last bit', () => {
  const row = Uint8Array.from({ length: 331 }, (_, i) => i % 256)
  const image = { data: row, width: 331, height: 1, channels: 1 }
  const options = { n: 1, magnitude: 11, bins: 31, ...sampling }
  for (let i = 0; i < 200; i++) {
    const params = randAugmentStep.draw(rngFor('shift', i), options, [1, 331, 1], noFacts, [])!
    const { operation, magnitude } = params.changes[0]!
    if (operation !== 'translateX') continue
    const moved = applied(randAugmentStep, image, params)
    // (150 / 331) · 331 · (11 / 30)
    const expected = row.map((_, x) => row[x - 55 * Math.sign(magnitude)] ?? 0)
    expect(moved.data).toEqual(expected)
  }
})

test('a threshold that is a whole byte is that byte, whatever its last bit', () => {
  for (let bin = 0; bin <= 30; bin += 2) {
    const threshold = 255 - 8.5 * bin
    const changes = [{ operation: 'solarize', magnitude: 1 - bin / 30 }] as const
    const out = blank([1, 2, 1])
    applyChanges(grey([Math.max(0, threshold - 1), threshold]), { changes, ...sampling, fill: [0] }, out)
    expect(rowsOf(out)).toEqual([[threshold === 0 ? 255 : threshold - 1, 255 - threshold]])
  }
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
  const options = { severity: 3, width: 3, depth: -1, alpha: 1, ...sampling }
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

  test('the mean of the image and its versions, halves to even', () => {
    const changes = [{ operation: 'solarize', magnitude: 0 }] as const
    const params = { own: 0.75, chains: [{ weight: 0.25, changes }], ...sampling, fill: [0] }
    // 63.75 + x / 2
    expect(rowsOf(applied(augMixStep, grey([0, 1, 2], [101, 254, 255]), params))).toEqual([
      [64, 64, 65],
      [114, 191, 191]
    ])
    const halves = { ...params, own: 0.5, chains: [{ weight: 0.5, changes }] }
    expect(rowsOf(applied(augMixStep, grey([0, 128, 255]), halves))).toEqual([[128, 128, 128]])
  })

  test('masks and points are refused', () => {
    expect(() => augMixStep.geometry!.point(draw(0), WIDE, 1, 1, 0)).toThrow(/differently moved versions/)
  })
})
