import { describe, expect, test } from 'vitest'
import { nearest } from '#dist/kernels/nearest.js'
import { resample } from '#dist/kernels/resample.js'
import { resampleFloats } from '#dist/kernels/resampleFloats.js'
import { type ResizeMixStepOptions, resizeMixStep } from '#dist/kernels/resizeMix.js'
import { batchOf, blank, copyOf, imagesOf, labelsOf, noFacts, randomBatch, randomImage, rngFor } from './support.js'

const defaults: ResizeMixStepOptions = { scale: [0.1, 0.8], partner: 'permutation', p: 1 }
type Shape = readonly [number, number, number, number]

function draw(shape: Shape, position = 0, changed: Partial<ResizeMixStepOptions> = {}) {
  return resizeMixStep.draw(rngFor('resizeMix', position), { ...defaults, ...changed }, shape, noFacts)
}

test.each<Shape>([
  [4, 12, 7, 3],
  [3, 9, 20, 1],
  [1, 8, 8, 4]
])('the partner as `resize` makes it, at the box; all else stays: %d images of %d×%d×%d', (...shape) => {
  const [n, height, width, channels] = shape
  const whole = { left: 0, top: 0, width, height }
  for (let position = 0; position < 20; position++) {
    const masks = randomImage([n * height, width, 1], 5).data
    const before = { ...randomBatch(shape, position), masks }
    const params = draw(shape, position)
    if (params === undefined) continue
    const { box, partners } = params
    const batch = copyOf(before)
    resizeMixStep.apply(batch, params)
    for (let row = 0; row < n; row++) {
      const from = partners[row]!
      const source = { data: imagesOf(before)[from] as Uint8Array, width, height, channels }
      const small = blank([box.height, box.width, channels])
      resample(source, whole, small)
      const ids = blank([box.height, box.width, 1])
      const mask = masks.slice(from * height * width, (from + 1) * height * width)
      nearest({ data: mask, width, height, channels: 1 }, whole, ids)
      for (let p = 0; p < height * width; p++) {
        const [x, y] = [(p % width) - box.left, Math.floor(p / width) - box.top]
        const inside = x >= 0 && x < box.width && y >= 0 && y < box.height
        const at = row * height * width + p
        const place = y * box.width + x
        const expected = inside
          ? small.data.slice(place * channels, (place + 1) * channels)
          : before.images.slice(at * channels, (at + 1) * channels)
        expect(batch.images.slice(at * channels, (at + 1) * channels)).toEqual(expected)
        expect(batch.masks![at]).toBe(inside ? ids.data[place] : masks[at])
      }
    }
  }
})

test('labels are exactly the counted shares of pixels', () => {
  for (let position = 0; position < 30; position++) {
    const shape: Shape = [5, 13, 9, 3]
    const images = Uint8Array.from({ length: 5 * 351 }, (_, i) => Math.floor(i / 351))
    const batch = batchOf(images, shape, 5)
    const params = draw(shape, position)
    if (params !== undefined) resizeMixStep.apply(batch, params)
    labelsOf(batch).forEach((label, i) => {
      const counts = new Array<number>(5).fill(0)
      for (let p = 0; p < 117; p++) counts[images[(i * 117 + p) * 3]!]!++
      expect(label).toEqual(counts.map(count => Math.fround(count / 117)))
    })
  }
})

describe('draws', () => {
  test('the side is uniform, the place anywhere inside, both ends included', () => {
    const count = 8000
    const lefts = new Array<number>(11).fill(0)
    const sides = Array.from({ length: count }, (_, i) => {
      const { box, weights } = draw([2, 100, 20, 3], i)!
      expect(box.width).toBe(Math.floor(20 * ((box.height + 0.5) / 100)))
      expect(weights[1]).toBe((box.height * box.width) / 2000)
      if (box.width === 10) lefts[box.left]!++
      return box.height
    })
    expect([Math.min(...sides), Math.max(...sides)]).toEqual([10, 79])
    const mean = sides.reduce((sum, x) => sum + x, 0) / count
    expect(Math.abs(mean - 44.5)).toBeLessThan(4 * Math.sqrt(70 ** 2 / 12 / count))
    const each = lefts.reduce((sum, n) => sum + n, 0) / 11
    for (const n of lefts) expect(Math.abs(n - each)).toBeLessThan(4.5 * Math.sqrt(each))
  })

  test('a whole partner, none, and p', () => {
    const batch = randomBatch([3, 6, 5, 3])
    const before = imagesOf(batch)
    const params = draw([3, 6, 5, 3], 0, { scale: [1, 1], partner: 'roll' })!
    resizeMixStep.apply(batch, params)
    expect(imagesOf(batch)).toEqual([before[2], before[0], before[1]])
    expect(labelsOf(batch)[0]).toEqual([0, 0, 1, 0])
    expect(draw([3, 5, 5, 3], 0, { scale: [0.1, 0.1] })).toBeUndefined()
    expect(draw([3, 5, 5, 3], 0, { p: 0 })).toBeUndefined()
  })
})

test('floats are scaled with the same weights as bytes', () => {
  for (const [height, width] of [
    [3, 4],
    [12, 9],
    [1, 1],
    [12, 2]
  ] as const) {
    const image = randomImage([12, 9, 3], height)
    const bytes = blank([height, width, 3])
    resample(image, { left: 0, top: 0, width: 9, height: 12 }, bytes)
    const floats = { data: new Float32Array(height * width * 3), height, width, channels: 3 }
    resampleFloats({ ...image, data: Float32Array.from(image.data) }, floats)
    const distance = Math.max(...floats.data.map((value, i) => Math.abs(value - bytes.data[i]!)))
    expect(distance).toBeLessThanOrEqual(height === 12 && width === 9 ? 0 : 1.0001)
  }
  const flat = { data: new Float32Array(20), height: 4, width: 5, channels: 1 }
  resampleFloats({ data: new Float32Array(180).fill(-2.5), height: 15, width: 12, channels: 1 }, flat)
  for (const value of flat.data) expect(value).toBeCloseTo(-2.5, 5)
})

test('boxes and keypoints are scaled with the pasted image', () => {
  const rows = [
    { boxes: [{ x1: 0, y1: 0, x2: 10, y2: 10, label: 0 }], keypoints: [{ x: 4, y: 4, label: 0 }] },
    {
      boxes: [{ x1: 2, y1: 4, x2: 6, y2: 10, label: 1 }],
      keypoints: [
        { x: 9, y: 10 },
        { x: 9, y: 9 }
      ]
    }
  ]
  const box = { left: 3, top: 2, width: 5, height: 5 }
  const mixed = resizeMixStep.targets!({ box, weights: [0.75, 0.25], partners: [1, 0] }, [2, 10, 10, 3], rows)
  expect(mixed[0]).toEqual({
    boxes: [rows[0]!.boxes[0], { x1: 4, y1: 4, x2: 6, y2: 7, label: 1 }],
    keypoints: [
      { x: 4, y: 4, label: 0, visible: false },
      { x: 7.5, y: 6.5 }
    ]
  })
})
