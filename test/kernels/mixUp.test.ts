import { describe, expect, test } from 'vitest'
import { type MixUpStepOptions, mixUpStep } from '#dist/kernels/mixUp.js'
import { imageNet, normalizeInto, scalingOf } from '#dist/kernels/normalize.js'
import type { BatchBuffers } from '#dist/kernels/step.js'
import { kolmogorov, moments } from '../random/statistics.js'
import { batchOf, copyOf, imagesOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'

const defaults: MixUpStepOptions = { alpha: 1, granularity: 'batch', partner: 'permutation', p: 1 }
const shape = [5, 3, 4, 3] as const

function draw(changed: Partial<MixUpStepOptions> = {}, position = 0, n = 5) {
  return mixUpStep.draw(rngFor('mixUp', position), { ...defaults, ...changed }, [n, 3, 4, 3], noFacts)
}

function floats(batch: BatchBuffers): BatchBuffers {
  return { ...batch, images: Float32Array.from(batch.images), labels: batch.labels.slice() }
}

describe('weights', () => {
  test.each([0.2, 1, 4])('Beta(α, α), α = %d: mean 1/2, variance 1 / (4 (2α + 1))', alpha => {
    const values = Array.from({ length: 8000 }, (_, i) => (draw({ alpha }, i)?.lambda as number | undefined) ?? 1)
    const { mean, variance } = moments(values)
    const expected = 1 / (4 * (2 * alpha + 1))
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / 8000))
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 8000))
    if (alpha === 1) expect(kolmogorov(values, x => x)).toBeLessThan(2.2)
  })

  test('α = 0, p = 0: nothing is done', () => {
    expect(draw({ alpha: 0 })).toBeUndefined()
    expect(draw({ p: 0 })).toBeUndefined()
    expect(draw({ alpha: 0, granularity: 'sample' })).toBeUndefined()
  })

  test('p is the share of batches, or of samples', () => {
    const batches = Array.from({ length: 2000 }, (_, i) => draw({ p: 0.3 }, i)).filter(Boolean).length
    expect(Math.abs(batches - 600)).toBeLessThan(4 * Math.sqrt(420))
    const samples = Array.from(
      { length: 400 },
      (_, i) => draw({ p: 0.3, granularity: 'sample' }, i)!.lambda as number[]
    )
    const mixed = samples.flat().filter(lambda => lambda !== 1).length
    expect(Math.abs(mixed - 600)).toBeLessThan(4 * Math.sqrt(420))
  })

  test('`sample` draws one weight for each', () => {
    const { lambda } = draw({ granularity: 'sample' }, 0, 7)!
    expect(new Set(lambda as number[]).size).toBe(7)
  })

  test('`pair` draws one weight for a sample and its partner, and each keeps that of itself', () => {
    for (const n of [6, 7]) {
      const { lambda, partners } = draw({ granularity: 'pair', partner: 'reverse' }, 0, n)!
      const weights = lambda as number[]
      expect(weights.toReversed()).toEqual(weights)
      expect(new Set(weights).size).toBe(Math.ceil(n / 2))
      expect(partners.map(partner => weights[partner])).toEqual(weights)
    }
    const pairs = Array.from({ length: 400 }, (_, i) => draw({ p: 0.3, granularity: 'pair' }, i, 6)!.lambda as number[])
    const mixed = pairs.flatMap(weights => weights.slice(0, 3)).filter(lambda => lambda !== 1).length
    expect(Math.abs(mixed - 360)).toBeLessThan(4 * Math.sqrt(252))
  })
})

describe('pixels and labels', () => {
  test('λ = 0.3: 0.3 own + 0.7 partner, to the last bit or two', () => {
    const batch = floats(randomBatch(shape))
    const before = imagesOf(batch)
    mixUpStep.apply(batch, { lambda: 0.3, partners: [1, 2, 0, 4, 3] })
    for (const [i, partner] of [1, 2, 0, 4, 3].entries()) {
      const expected = before[i]!.map((value, k) => 0.3 * value + 0.7 * before[partner]![k]!)
      expect(Math.max(...imagesOf(batch)[i]!.map((value, k) => Math.abs(value - expected[k]!)))).toBeLessThan(
        255 * 2e-7
      )
    }
    expect(labelsOf(batch)[0]).toEqual([Math.fround(0.3), Math.fround(0.7), 0, 0])
    expect(labelsOf(batch)[4]).toEqual([Math.fround(0.3), 0, 0, Math.fround(0.7)])
  })

  test('bytes: halves go to the even number', () => {
    const batch = batchOf(Uint8Array.of(255, 253, 2, 0, 254, 254, 3, 3), [2, 1, 4, 1])
    mixUpStep.apply(batch, { lambda: 0.5, partners: [1, 0] })
    // 254.5 → 254, 253.5 → 254, 2.5 → 2, 1.5 → 2
    expect([...batch.images]).toEqual([254, 254, 2, 2, 254, 254, 2, 2])
  })

  test('bytes: the exact mean, rounded half to even, for every pair and many weights', () => {
    const pairs = new Uint8Array(2 * 65_536)
    for (let i = 0; i < 65_536; i++) {
      pairs[i] = i & 255
      pairs[65_536 + i] = i >> 8
    }
    for (const lambda of [0, 1 / 65_536, 0.25, 0.5, 0.75, 12_345 / 65_536, 65_535 / 65_536]) {
      const batch = batchOf(pairs.slice(), [2, 256, 256, 1])
      mixUpStep.apply(batch, { lambda, partners: [1, 0] })
      const wrong = Array.from({ length: 65_536 }, (_, i) => {
        const exact = lambda * (i & 255) + (1 - lambda) * (i >> 8) // exact: 8 bits times 16
        const floor = Math.floor(exact)
        const tie = exact - floor === 0.5
        return batch.images[i] !== (tie ? floor + (floor % 2) : Math.round(exact))
      })
      expect(wrong.indexOf(true)).toBe(-1)
    }
  })

  test('bytes and floats agree to half a grey level, for drawn weights', () => {
    for (let position = 0; position < 20; position++) {
      const params = draw({ granularity: position % 2 ? 'sample' : 'batch' }, position)!
      const bytes = randomBatch(shape, position)
      const exact = floats(bytes)
      mixUpStep.apply(bytes, params)
      mixUpStep.apply(exact, params)
      expect(Math.max(...bytes.images.map((value, i) => Math.abs(value - exact.images[i]!)))).toBeLessThanOrEqual(
        0.50001
      )
      expect(bytes.labels).toEqual(exact.labels)
    }
  })

  test('images and labels have the same partner', () => {
    // Every pixel of an image is its class times 64, and so the labels can be read off the pixels.
    const images = new Float32Array(7 * 12)
    const batch = batchOf(images, [7, 2, 2, 3], 7)
    for (let i = 0; i < images.length; i++) images[i] = 64 * Math.floor(i / 12)
    for (let position = 0; position < 10; position++) {
      const copy = copyOf(batch)
      mixUpStep.apply(copy, draw({ granularity: 'sample' }, position, 7)!)
      labelsOf(copy).forEach((label, i) => {
        const expected = label.reduce((sum, weight, k) => sum + weight * 64 * k, 0)
        expect(imagesOf(copy)[i]![0]).toBeCloseTo(expected, 3)
      })
    }
  })

  test('one weight and a permutation leave the sums of the batch as they were', () => {
    const batch = floats(randomBatch(shape))
    const before = imagesOf(batch)
    mixUpStep.apply(batch, draw()!)
    const sum = (images: ReturnType<typeof imagesOf>, k: number) =>
      images.reduce((total, image) => total + image[k]!, 0)
    for (let k = 0; k < 36; k++) expect(sum(imagesOf(batch), k)).toBeCloseTo(sum(before, k), 2)
    const mass = labelsOf(batch).reduce((total, label) => total.map((x, k) => x + label[k]!), [0, 0, 0, 0])
    mass.forEach((x, k) => {
      expect(x).toBeCloseTo([2, 1, 1, 1][k]!, 6)
    })
  })

  test('the loss of mixed labels is the mixed loss', () => {
    const batch = floats(randomBatch(shape))
    const own = labelsOf(batch)
    const { lambda, partners } = draw()! as { lambda: number; partners: number[] }
    mixUpStep.apply(batch, { lambda, partners })
    const rng = rngFor('logits')
    labelsOf(batch).forEach((label, i) => {
      const logits = label.map(() => rng.normal())
      const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0))
      const loss = (target: number[]) => target.reduce((sum, weight, k) => sum + weight * (total - logits[k]!), 0)
      expect(loss(label)).toBeCloseTo(lambda * loss(own[i]!) + (1 - lambda) * loss(own[partners[i]!]!), 6)
    })
  })

  test('mixing and normalising commute', () => {
    const params = draw()!
    const scaling = scalingOf(imageNet, 3)
    const first = floats(randomBatch(shape))
    mixUpStep.apply(first, params)
    const second = floats(randomBatch(shape))
    normalizeInto(randomBatch(shape).images as Uint8Array, second.images as Float32Array, scaling)
    mixUpStep.apply(second, params)
    second.images.forEach((value, i) => {
      expect(value).toBeCloseTo((first.images[i]! / 255 - imageNet.mean[i % 3]!) / imageNet.std[i % 3]!, 5)
    })
  })

  test('a sample that meets itself stays as it is, and so does a batch of one', () => {
    const alone = randomBatch([1, 3, 4, 3])
    const before = copyOf(alone)
    for (const partner of ['permutation', 'reverse', 'roll'] as const) {
      mixUpStep.apply(alone, draw({ partner }, 0, 1)!)
      expect(alone).toEqual(before)
    }
    const batch = floats(randomBatch(shape))
    const middle = imagesOf(batch)[2]!
    mixUpStep.apply(batch, { lambda: 0.3, partners: [4, 3, 2, 1, 0] })
    expect(imagesOf(batch)[2]).toEqual(middle)
  })
})

test('boxes and keypoints are those of every image that is to be seen', () => {
  const rows = [0, 1, 2, 3].map(label => ({
    boxes: [{ x1: 0, y1: 0, x2: 1, y2: 1, label }],
    keypoints: [{ x: 2, y: 3, label }]
  }))
  const mixed = mixUpStep.targets!({ lambda: [0.3, 1, 0, 0.5], partners: [1, 2, 0, 3] }, [4, 3, 4, 3], rows)
  expect(mixed.map(({ boxes }) => boxes.map(({ label }) => label))).toEqual([[0, 1], [1], [0], [3]])
  expect(mixed.map(({ keypoints }) => keypoints.map(({ label }) => label))).toEqual([[0, 1], [1], [0], [3]])
})
