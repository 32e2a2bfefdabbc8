import { describe, expect, test } from 'vitest'
import { type RicapStepOptions, ricapBoxes, ricapStep } from '#dist/kernels/ricap.js'
import { batchOf, imagesOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'
import { originOf, traced } from './traced.js'

const defaults: RicapStepOptions = { beta: 0.3, rounding: 'half-even', granularity: 'batch', p: 1 }
type Shape = readonly [number, number, number, number]

function draw(shape: Shape, position = 0, changed: Partial<RicapStepOptions> = {}) {
  return ricapStep.draw(rngFor('ricap', position), { ...defaults, ...changed }, shape, noFacts)
}

/** Tiles with crops from the top left corner. */
function tiles(width: number, height: number, w: number, h: number) {
  return ricapBoxes(width, height, w, h).map(box => ({ ...box, fromTop: 0, fromLeft: 0 }))
}

/** The numbers of a generator, the first of which are given: where the boundary is drawn, in shares. */
function boundaryAt(...betas: number[]) {
  const rng = rngFor('boundary')
  return Object.assign(Object.create(rng), {
    beta: () => betas.shift()!,
    bool: () => true,
    int: (n: number) => rng.int(n),
    permutation: (n: number) => rng.permutation(n)
  }) as typeof rng
}

describe('tiles', () => {
  test('4×4, boundary at column 1 and row 3, images of one colour', () => {
    const images = Uint8Array.from({ length: 64 }, (_, i) => 1 + Math.floor(i / 16))
    const batch = batchOf(images, [4, 4, 4, 1])
    const partners = [0, 1, 2, 3].map(first => [first, 0, 0, 0])
    ricapStep.apply(batch, { layouts: [tiles(4, 4, 1, 3)], partners })
    const line = [1, 2, 2, 2]
    expect([...imagesOf(batch)[0]!]).toEqual([...line, ...line, ...line, 3, 4, 4, 4])
    expect(labelsOf(batch)[0]).toEqual([3 / 16, 9 / 16, 1 / 16, 3 / 16])
  })

  test.each<Shape>([
    [3, 8, 10, 3],
    [4, 9, 5, 3],
    [1, 7, 12, 3]
  ])('every pixel is once that of the crop, at its place: %d images of %d×%d×%d', (...shape) => {
    const [n, height, width] = shape
    for (let position = 0; position < 40; position++) {
      const granularity = position % 2 ? 'sample' : 'batch'
      const params = draw(shape, position, { granularity, beta: position % 3 ? 0.3 : 2 })!
      const batch = traced(shape)
      ricapStep.apply(batch, params)
      for (let row = 0; row < n; row++) {
        const covered = new Uint8Array(height * width)
        const layout = params.layouts[granularity === 'batch' ? 0 : row]!
        layout.forEach(({ top, left, fromTop, fromLeft, ...tile }, k) => {
          for (let i = 0; i < tile.height * tile.width; i++) {
            const [x, y] = [i % tile.width, Math.floor(i / tile.width)]
            const at = (top + y) * width + left + x
            covered[at]!++
            const origin = originOf(batch.masks[row * height * width + at]!, shape)
            expect(origin).toEqual({ row: params.partners[k]![row], x: fromLeft + x, y: fromTop + y })
          }
        })
        expect(covered.every(count => count === 1)).toBe(true)
      }
    }
  })

  test('boundaries at every place, the borders included', () => {
    for (let w = 0; w <= 5; w++) {
      for (let h = 0; h <= 3; h++) {
        const params = ricapStep.draw(boundaryAt(w / 5, h / 3), defaults, [3, 3, 5, 3], noFacts)!
        const [first, , , last] = params.layouts[0]!
        expect([first!.width, first!.height, last!.width, last!.height]).toEqual([w, h, 5 - w, 3 - h])
        for (const tile of params.layouts[0]!) {
          expect(tile.fromLeft + tile.width).toBeLessThanOrEqual(5)
          expect(tile.fromTop + tile.height).toBeLessThanOrEqual(3)
        }
        const batch = randomBatch([3, 3, 5, 3])
        ricapStep.apply(batch, params)
        for (const label of labelsOf(batch)) expect(label.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6)
      }
    }
  })

  test('halves go to the even pixel, or up', () => {
    const corner = (rounding: 'half-even' | 'half-up', ...betas: number[]) => {
      const [tile] = ricapStep.draw(boundaryAt(...betas), { ...defaults, rounding }, [2, 2, 10, 3], noFacts)!
        .layouts[0]!
      return [tile!.width, tile!.height]
    }
    expect(corner('half-even', 0.25, 0.25)).toEqual([2, 0])
    expect(corner('half-up', 0.25, 0.25)).toEqual([3, 1])
    expect(corner('half-even', 0.35, 0.75)).toEqual([4, 2])
    expect(corner('half-up', 0.24, 0.74)).toEqual([2, 1])
  })
})

describe('labels', () => {
  test('are exactly the counted shares, and weights of one class add', () => {
    for (let position = 0; position < 60; position++) {
      const shape: Shape = [4, 11, 7, 3]
      const [n, total] = [4, 77]
      // Two classes for four images.
      const images = Uint8Array.from({ length: n * total * 3 }, (_, i) => Math.floor(i / (total * 3)) % 2)
      const batch = batchOf(images, shape, 2)
      ricapStep.apply(batch, draw(shape, position, { granularity: position % 2 ? 'sample' : 'batch' })!)
      labelsOf(batch).forEach((label, i) => {
        const ones = Array.from(imagesOf(batch)[i]!).reduce((sum, x) => sum + x, 0) / 3
        expect(label).toEqual([Math.fround((total - ones) / total), Math.fround(ones / total)])
      })
    }
  })
})

describe('draws', () => {
  test('crops are anywhere inside, both ends included', () => {
    const counts = new Array<number>(5).fill(0)
    for (let i = 0; i < 8000; i++) {
      for (const { width, fromLeft } of draw([2, 6, 6, 3], i, { beta: 1 })!.layouts[0]!) {
        if (width === 2) counts[fromLeft]!++
      }
    }
    const mean = counts.reduce((sum, n) => sum + n, 0) / 5
    expect(mean).toBeGreaterThan(500)
    for (const n of counts) expect(Math.abs(n - mean)).toBeLessThan(4.5 * Math.sqrt(mean))
  })

  test('at 32 pixels a tenth of the batches are single images, and the largest weight is 0.75 on average', () => {
    const largest = Array.from({ length: 20_000 }, (_, i) =>
      Math.max(...draw([2, 32, 32, 3], i)!.layouts[0]!.map(({ width, height }) => (width * height) / 1024))
    )
    const single = largest.filter(weight => weight === 1).length
    expect(Math.abs(single / 20_000 - 0.1)).toBeLessThan(0.01)
    expect(Math.abs(largest.reduce((sum, x) => sum + x, 0) / 20_000 - 0.75)).toBeLessThan(0.01)
  })

  test('a tiny β gives whole images, and 0 nothing', () => {
    const batch = randomBatch([5, 6, 9, 3])
    const before = imagesOf(batch).map(image => image.join())
    const params = draw([5, 6, 9, 3], 1, { beta: 1e-6 })!
    const whole = params.layouts[0]!.findIndex(({ width, height }) => width * height === 54)
    ricapStep.apply(batch, params)
    expect(imagesOf(batch).map(image => image.join())).toEqual(params.partners[whole]!.map(row => before[row]))
    expect(draw([5, 6, 9, 3], 1, { beta: 0 })).toBeUndefined()
    expect(draw([5, 6, 9, 3], 1, { p: 0, granularity: 'sample' })).toBeUndefined()
  })

  test('four orders, and p as the share of batches or samples', () => {
    const { partners } = draw([12, 8, 8, 3])!
    expect(new Set(partners.map(order => order.join())).size).toBe(4)
    const all = Array.from({ length: 12 }, (_, i) => i)
    for (const order of partners) expect([...order].sort((a, b) => a - b)).toEqual(all)
    const batches = Array.from({ length: 2000 }, (_, i) => draw([2, 8, 8, 3], i, { p: 0.4 })).filter(Boolean).length
    expect(Math.abs(batches - 800)).toBeLessThan(4 * Math.sqrt(480))
    const samples = Array.from({ length: 300 }, (_, i) => draw([7, 8, 8, 3], i, { p: 0.4, granularity: 'sample' }))
    const mixed = samples.flatMap(params => params?.layouts ?? []).filter(layout => layout.length > 0).length
    expect(Math.abs(mixed - 840)).toBeLessThan(4 * Math.sqrt(504))
  })
})

test('boxes are cut at the border of their patch, and move with it', () => {
  const layouts = [[{ ...tiles(10, 10, 6, 10)[0]!, fromTop: 0, fromLeft: 3 }, ...tiles(10, 10, 6, 10).slice(1)]]
  const rows = [
    { boxes: [{ x1: 1, y1: 2, x2: 5, y2: 4, label: 0 }], keypoints: [{ x: 3.5, y: 2, label: 0 }] },
    {
      boxes: [
        { x1: 1, y1: 2, x2: 5, y2: 4, label: 1 },
        { x1: 3, y1: 0, x2: 9, y2: 9 }
      ],
      keypoints: [{ x: 5, y: 5 }]
    }
  ]
  const params = {
    layouts,
    partners: [
      [0, 1],
      [1, 0],
      [0, 1],
      [0, 1]
    ]
  }
  const [first] = ricapStep.targets!(params, [2, 10, 10, 3], rows)
  expect(first).toEqual({
    boxes: [
      { x1: 0, y1: 2, x2: 2, y2: 4, label: 0 },
      { x1: 7, y1: 2, x2: 10, y2: 4, label: 1 }
    ],
    keypoints: [{ x: 0.5, y: 2, label: 0 }]
  })
})
