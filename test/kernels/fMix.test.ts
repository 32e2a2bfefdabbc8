import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FMixStepOptions, fMixStep, lowest } from '#dist/kernels/fMix.js'
import { fourierNoise } from '#dist/kernels/fourierNoise.js'
import { batchOf, copyOf, imagesOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'

const defaults: FMixStepOptions = { alpha: 1, decay: 3, partner: 'permutation', p: 1 }
type Shape = readonly [number, number, number, number]

function draw(shape: Shape, position = 0, changed: Partial<FMixStepOptions> = {}) {
  return fMixStep.draw(rngFor('fMix', position), { ...defaults, ...changed }, shape, noFacts)
}

/** Where the second of two images shows in the first: 1 for each such pixel. */
function mask(height: number, width: number, position: number, changed: Partial<FMixStepOptions> = {}) {
  const images = new Uint8Array(2 * height * width).fill(1, height * width)
  const batch = batchOf(images, [2, height, width, 1])
  const params = draw(batch.shape, position, { partner: 'roll', ...changed })
  if (params !== undefined) fMixStep.apply(batch, params)
  return imagesOf(batch)[0]!
}

test.each<Shape>([
  [4, 5, 7, 1],
  [5, 32, 48, 3],
  [3, 70, 33, 4]
])('labels are exactly the counted shares of pixels: %d images of %d×%d×%d', (n, height, width, channels) => {
  const total = height * width
  for (let position = 0; position < 12; position++) {
    const images = Uint8Array.from({ length: n * total * channels }, (_, i) => Math.floor(i / (total * channels)))
    const batch = batchOf(images, [n, height, width, channels], n)
    const params = draw(batch.shape, position)
    if (params !== undefined) fMixStep.apply(batch, params)
    labelsOf(batch).forEach((label, i) => {
      const counts = new Array<number>(n).fill(0)
      for (let p = 0; p < total; p++) counts[images[(i * total + p) * channels]!]!++
      expect(label).toEqual(counts.map(count => Math.fround(count / total)))
    })
  }
})

test('every pixel is that of the image or of its partner, at the same place, the same in every image', () => {
  const before = randomBatch([5, 9, 6, 3])
  const batch = copyOf(before)
  const params = draw(batch.shape, 3)!
  fMixStep.apply(batch, params)
  const pasted = Array.from({ length: 54 }, (_, p) => {
    const from = params.partners.map((partner, row) => {
      const pixel = (of: typeof batch, i: number) => of.images.slice((i * 54 + p) * 3, (i * 54 + p + 1) * 3).join()
      if (partner === row) return undefined
      if (pixel(batch, row) === pixel(before, row)) return 0
      return pixel(batch, row) === pixel(before, partner) ? 1 : 2
    })
    const [kind, ...others] = new Set(from.filter(value => value !== undefined))
    expect(others).toEqual([])
    return kind!
  })
  expect(pasted.filter(kind => kind === 1).length).toBe(params.pasted)
  expect(pasted).not.toContain(2)
})

describe('the mask', () => {
  test('is the same for the same seed, whatever the batch, and another for another', () => {
    const of = (seed: number, n: number) => {
      const images = new Uint8Array(n * 400).fill(1, 400)
      const batch = batchOf(images, [n, 20, 20, 1])
      const partners = Array.from({ length: n }, (_, i) => (i + 1) % n)
      fMixStep.apply(batch, { seed, decay: 3, pasted: 160, weights: [0.6, 0.4], partners })
      return imagesOf(batch)[0]!.join('')
    }
    expect(of(5, 2)).toBe(of(5, 6))
    expect(of(5, 2)).not.toBe(of(6, 2))
  })

  test('is the smoother the greater the decay', () => {
    const edges = (decay: number) => {
      let sum = 0
      for (let position = 0; position < 30; position++) {
        const pixels = mask(32, 32, position, { decay })
        sum += pixels.filter((value, i) => i % 32 > 0 && value !== pixels[i - 1]).length
      }
      return sum / 30
    }
    const [none, one, three] = [edges(0), edges(1), edges(3)]
    // Noise without decay: 2 λ (1 − λ) = 1/3 of 992 neighbours on average.
    expect(Math.abs(none - 992 / 3)).toBeLessThan(100)
    expect(one).toBeLessThan(none / 1.5)
    expect(three).toBeLessThan(one / 2)
  })

  test('waves that are left out do not matter at the default decay', () => {
    // At 80 pixels some are left out. The same normal numbers with all waves are those of a direct sum.
    const rng = rngFor('waves')
    const [side, most] = [80, 32]
    const normals = new Map<string, readonly [number, number]>()
    const order: number[] = []
    for (let i = 0; i < side; i++) {
      const fy = i < side / 2 ? i : i - side
      for (let fx = 0; fx <= side / 2; fx++) {
        const pair = [rng.normal(), rng.normal()] as const
        normals.set(`${fy} ${fx}`, pair)
        if (Math.abs(fy) <= most && fx <= most) order.push(...pair)
      }
    }
    const numbers = order.values()
    const made = fourierNoise(side, side, 3, () => numbers.next().value!)
    const places = [0, 81, 1234, 3999, 6399]
    const exact = places.map(place => {
      const [x, y] = [place % side, Math.floor(place / side)]
      let sum = 0
      for (const [key, [re, im]] of normals) {
        const [fy, fx] = key.split(' ').map(Number) as [number, number]
        const size = Math.max(Math.hypot(fy, fx) / side, 1 / side) ** -3 * (fx % (side / 2) === 0 ? 1 : 2)
        const angle = (2 * Math.PI * (fx * x + fy * y)) / side
        sum += size * (re * Math.cos(angle) - im * Math.sin(angle))
      }
      return sum
    })
    const deviation = Math.sqrt(made.reduce((sum, value) => sum + value * value, 0) / made.length)
    exact.forEach((value, i) => {
      expect(Math.abs(value - made[places[i]!]!)).toBeLessThan(0.01 * deviation)
      expect(value).not.toBe(made[places[i]!])
    })
  })
})

test('the lowest values, as runs; of equal ones the first', () => {
  expect(lowest(Float64Array.of(3, 1, 1, 2, 0), 2)).toEqual([1, 2, 4, 5])
  expect(lowest(Float64Array.of(1, 1, 1), 3)).toEqual([0, 3])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }), fc.nat(), (list, nat) => {
      const count = 1 + (nat % list.length)
      const runs = lowest(Float64Array.from(list), count)
      const taken = list.map((_, i) => runs.filter(border => border <= i).length % 2 === 1)
      const inside = list.filter((_, i) => taken[i])
      expect(inside.length).toBe(count)
      expect(Math.max(...inside)).toBeLessThanOrEqual(Math.min(Infinity, ...list.filter((_, i) => !taken[i])))
    }),
    { seed: 2, numRuns: 200 }
  )
})

test('the share is drawn from Beta(α, α); α = 0, p = 0: nothing is done', () => {
  const kept = Array.from({ length: 4000 }, (_, i) => draw([2, 40, 40, 3], i)?.weights[0] ?? 1)
  expect(Math.abs(kept.reduce((sum, x) => sum + x, 0) / 4000 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 4000))
  expect(draw([2, 8, 8, 3], 0, { alpha: 0 })).toBeUndefined()
  expect(draw([2, 8, 8, 3], 0, { p: 0 })).toBeUndefined()
})
