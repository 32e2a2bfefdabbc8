import { describe, expect, test } from 'vitest'
import { type CutMixStepOptions, cutMixBox, cutMixStep } from '#dist/kernels/cutMix.js'
import { moments } from '../random/statistics.js'
import { batchOf, copyOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'

const defaults: CutMixStepOptions = {
  alpha: 1,
  p: 1,
  granularity: 'batch',
  partner: 'permutation',
  correct: true,
  minMax: undefined
}
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
  const settings: readonly Partial<CutMixStepOptions>[] = [
    {},
    { granularity: 'sample', p: 0.7 },
    { granularity: 'pair', partner: 'reverse' },
    { granularity: 'sample', minMax: [0, 1] }
  ]

  test.each<Shape>([
    [4, 5, 7, 1],
    [5, 32, 48, 3],
    [3, 33, 33, 4]
  ])('are exactly the counted shares of pixels: %d images of %d×%d×%d', (n, height, width, channels) => {
    const total = height * width
    for (let position = 0; position < 32; position++) {
      // Each image has one colour, which tells where a pixel comes from.
      const images = Uint8Array.from({ length: n * total * channels }, (_, i) => Math.floor(i / (total * channels)) + 1)
      const batch = batchOf(images, [n, height, width, channels], n)
      const params = draw(batch.shape, position, settings[position % 4])
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
    const { cuts, partners } = draw(batch.shape, 2)!
    const { box } = cuts[0]!
    cutMixStep.apply(batch, { cuts, partners })
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
      const { box, weights } = drawn.cuts[0]!
      expect(weights[0] + weights[1]).toBeCloseTo(1, 15)
      if (counted === undefined) continue
      expect(box).toEqual(counted.cuts[0]!.box)
      if (Math.abs(weights[1] - counted.cuts[0]!.weights[1]) > 0.05) differs++
    }
    expect(differs).toBeGreaterThan(50)
    const side = Array.from(
      { length: 3000 },
      (_, i) => draw([4, 32, 32, 3], i, { correct: false })!.cuts[0]!.weights[0]
    )
    expect(Math.abs(moments(side).mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 3000))
  })
})

describe('draws', () => {
  test('the mean share at 32 pixels is 0.2986, and 0.39 % of the boxes are empty', () => {
    const shares = Array.from({ length: 60_000 }, (_, i) => draw([2, 32, 32, 3], i)?.cuts[0]?.weights[1] ?? 0)
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
    cutMixStep.apply(batch, { cuts: [{ box: cutMixBox(8, 8, 1, 3, 3), weights: [1, 0] }], partners: [1, 2, 3, 0] })
    expect(batch).toEqual(before)
  })

  test('p is the share of batches', () => {
    const count = Array.from({ length: 2000 }, (_, i) => draw([4, 32, 32, 3], i, { p: 0.5 })).filter(Boolean).length
    expect(Math.abs(count - 1000 * 0.9961)).toBeLessThan(4 * Math.sqrt(500))
  })

  test('`sample` draws a box for each, `pair` one for both; p is the share of them', () => {
    const boxes = (granularity: 'sample' | 'pair', p: number, position: number) =>
      draw([7, 32, 32, 3], position, { granularity, p, partner: 'reverse' })?.cuts.map(cut => JSON.stringify(cut)) ?? []
    expect(new Set(boxes('sample', 1, 1)).size).toBe(7)
    const pairs = boxes('pair', 1, 1)
    expect(pairs).toEqual(pairs.toReversed())
    expect(new Set(pairs).size).toBe(4)
    const drawn = Array.from({ length: 600 }, (_, i) => boxes('sample', 0.3, i)).flat()
    const cut = drawn.filter(text => !text.includes('"width":0')).length
    expect(Math.abs(cut - 600 * 7 * 0.3)).toBeLessThan(600 * 7 * 0.3 * 0.0039 * 2 + 4 * Math.sqrt(600 * 7 * 0.21))
  })

  test('`minMax`: all sides alike, all places alike, inside', () => {
    const count = 6000
    const tops = new Map<number, number>()
    const heights = new Map<number, number>()
    const add = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1)
    for (let i = 0; i < count; i++) {
      const { box } = draw([2, 10, 20, 3], i, { minMax: [0.25, 0.8] })!.cuts[0]!
      expect(box.left + box.width).toBeLessThanOrEqual(20)
      expect(Math.min(box.width - 5, 16 - box.width, box.left, box.top)).toBeGreaterThanOrEqual(0)
      add(heights, box.height)
      if (box.height === 8) add(tops, box.top)
    }
    expect([...heights.keys()].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8])
    for (const n of heights.values()) expect(Math.abs(n - count / 7)).toBeLessThan(4 * Math.sqrt(count / 7))
    expect([...tops.keys()].sort()).toEqual([0, 1, 2])
    for (const n of tops.values()) expect(Math.abs(n - count / 21)).toBeLessThan(4.5 * Math.sqrt(count / 21))
  })
})

test('boxes and keypoints: what is covered, and what comes along', () => {
  const cuts = [{ box: { top: 2, left: 0, height: 4, width: 5 }, weights: [0.8, 0.2] }] as const
  const box = (x1: number, y1: number, x2: number, y2: number, label: number) => ({ x1, y1, x2, y2, label })
  const rows = [
    { boxes: [box(1, 1, 4, 5, 0), box(0, 3, 4, 6, 1), box(1, 0, 9, 9, 2)], keypoints: [{ x: 0.5, y: 2.5, label: 0 }] },
    {
      boxes: [box(3, 4, 9, 6, 3), box(4, 0, 9, 3, 4)],
      keypoints: [
        { x: 5.5, y: 2.5, label: 1 },
        { x: 4.5, y: 5.5 }
      ]
    },
    { boxes: [box(1, 1, 4, 5, 5)], keypoints: [] }
  ]
  const mixed = cutMixStep.targets!({ cuts, partners: [1, 0, 2] }, [3, 10, 10, 3], rows)
  expect(mixed[0]).toEqual({
    boxes: [box(1, 1, 4, 2, 0), box(1, 0, 9, 9, 2), box(3, 4, 5, 6, 3)],
    keypoints: [
      { x: 0.5, y: 2.5, label: 0, visible: false },
      { x: 4.5, y: 5.5 }
    ]
  })
  expect(mixed[2]).toBe(rows[2])
})
