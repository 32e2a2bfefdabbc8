import { describe, expect, test } from 'vitest'
import { type CutMixStepOptions, cutMixBox, cutMixStep } from '#dist/kernels/cutMix.js'
import { moments } from '../random/statistics.js'
import { batchOf, copyOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'

const defaults: CutMixStepOptions = { alpha: 1, p: 1, partner: 'permutation', correct: true }
type Shape = readonly [number, number, number, number]

function draw(shape: Shape, position = 0, changed: Partial<CutMixStepOptions> = {}) {
  return cutMixStep.draw(rngFor('cutMix', position), { ...defaults, ...changed }, shape, noFacts)
}

// Width, height, λ, centre x and y; then left, top, right, bottom, and the share that is kept.
test.each([
  [32, 32, 0.75, 16, 16, 8, 8, 24, 24, 0.75],
  [32, 32, 0.75, 0, 0, 0, 0, 8, 8, 0.9375],
  [32, 32, 0.75, 31, 31, 23, 23, 32, 32, 0.9208984375],
  [32, 32, 0.5, 16, 16, 5, 5, 27, 27, 0.52734375],
  [32, 32, 0, 16, 16, 0, 0, 32, 32, 0],
  [32, 32, 0, 0, 0, 0, 0, 16, 16, 0.75],
  [33, 33, 0.5, 16, 16, 5, 5, 27, 27, 5 / 9],
  [33, 33, 0, 16, 16, 0, 0, 32, 32, 0.0596877869605142],
  [48, 32, 0.36, 40, 5, 21, 0, 48, 17, 0.701171875],
  [224, 224, 0.3, 10, 200, 0, 107, 103, 224, 0.7598254145408163],
  [7, 5, 0.2, 3, 2, 0, 0, 6, 4, 0.3142857142857143]
])(
  "the box of the authors' code: %d×%d, λ = %d, centre (%d, %d)",
  (w, h, lambda, x, y, left, top, right, bottom, kept) => {
    const box = cutMixBox(w, h, lambda, x, y)
    expect(box).toEqual({ left, top, width: right - left, height: bottom - top })
    expect((w * h - box.width * box.height) / (w * h)).toBeCloseTo(kept, 14)
  }
)

describe('labels', () => {
  test.each<Shape>([
    [4, 5, 7, 1],
    [5, 32, 48, 3],
    [3, 33, 33, 4]
  ])('are exactly the counted shares of pixels: %d images of %d×%d×%d', (n, height, width, channels) => {
    const total = height * width
    for (let position = 0; position < 30; position++) {
      // Each image has one colour, which tells where a pixel comes from.
      const images = Uint8Array.from({ length: n * total * channels }, (_, i) => Math.floor(i / (total * channels)) + 1)
      const batch = batchOf(images, [n, height, width, channels], n)
      const params = draw(batch.shape, position)
      if (params !== undefined) cutMixStep.apply(batch, params)
      labelsOf(batch).forEach((label, i) => {
        const counts = new Array<number>(n).fill(0)
        for (let p = 0; p < total; p++) counts[images[(i * total + p) * channels]! - 1]!++
        expect(label).toEqual(counts.map(count => Math.fround(count / total)))
      })
    }
  })

  test('every pixel is that of the image or of its partner, at the same place', () => {
    const before = randomBatch([5, 9, 6, 3])
    const batch = copyOf(before)
    const { box, partners } = draw(batch.shape, 2)!
    cutMixStep.apply(batch, { box, partners, weights: [1, 0] })
    for (let i = 0; i < batch.images.length; i++) {
      const image = Math.floor(i / 162)
      const y = Math.floor((i % 162) / 18)
      const x = Math.floor((i % 18) / 3)
      const inside = y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width
      expect(batch.images[i]).toBe(before.images[inside ? partners[image]! * 162 + (i % 162) : i])
    }
    expect(box.width * box.height).toBeGreaterThan(0)
  })

  test('soft labels are mixed, and rows go on summing to 1', () => {
    const batch = randomBatch([6, 8, 8, 3])
    batch.labels.set([0.1, 0.2, 0.3, 0.4], 0)
    cutMixStep.apply(batch, draw(batch.shape, 1)!)
    for (const label of labelsOf(batch)) expect(label.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6)
  })

  test('without `correct` they follow the share that was drawn', () => {
    let differs = 0
    for (let position = 0; position < 200; position++) {
      const [drawn, counted] = [draw([4, 32, 32, 3], position, { correct: false })!, draw([4, 32, 32, 3], position)]
      expect(drawn.weights[0] + drawn.weights[1]).toBeCloseTo(1, 15)
      if (counted === undefined) continue
      expect(drawn.box).toEqual(counted.box)
      if (Math.abs(drawn.weights[1] - counted.weights[1]) > 0.05) differs++
    }
    expect(differs).toBeGreaterThan(50)
    const side = Array.from({ length: 3000 }, (_, i) => draw([4, 32, 32, 3], i, { correct: false })!.weights[0])
    expect(Math.abs(moments(side).mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 3000))
  })
})

describe('draws', () => {
  test('the mean share at 32 pixels is 0.2986, and 0.39 % of the boxes are empty', () => {
    const shares = Array.from({ length: 60_000 }, (_, i) => draw([2, 32, 32, 3], i)?.weights[1] ?? 0)
    const { mean } = moments(shares)
    expect(Math.abs(mean - 0.2986)).toBeLessThan(0.003)
    const empty = shares.filter(share => share === 0).length
    expect(Math.abs(empty - 60_000 * 0.0039)).toBeLessThan(4 * Math.sqrt(60_000 * 0.0039))
  })

  test('α = 0, p = 0 and an empty box: nothing is done', () => {
    expect(draw([4, 8, 8, 3], 0, { alpha: 0 })).toBeUndefined()
    expect(draw([4, 8, 8, 3], 0, { p: 0 })).toBeUndefined()
    expect(draw([4, 1, 1, 3])).toBeUndefined()
    const batch = randomBatch([4, 8, 8, 3])
    const before = copyOf(batch)
    cutMixStep.apply(batch, { box: cutMixBox(8, 8, 1, 3, 3), weights: [1, 0], partners: [1, 2, 3, 0] })
    expect(batch).toEqual(before)
  })

  test('p is the share of batches', () => {
    const count = Array.from({ length: 2000 }, (_, i) => draw([4, 32, 32, 3], i, { p: 0.5 })).filter(Boolean).length
    expect(Math.abs(count - 1000 * 0.9961)).toBeLessThan(4 * Math.sqrt(500))
  })
})
