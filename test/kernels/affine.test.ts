import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Affine,
  affineGeometry,
  affineRows,
  backwardAffine,
  composeAffine,
  IDENTITY,
  invertAffine,
  type Motion
} from '#dist/kernels/affine.js'
import { type AffineDisplacementStepOptions, affineDisplacementStep } from '#dist/kernels/affineDisplacement.js'
import { sinCos } from '#dist/kernels/angle.js'
import { type RandomRotationStepOptions, randomRotationStep } from '#dist/kernels/randomRotation.js'
import { kolmogorov } from '../random/statistics.js'
import { blank, grey, noFacts, randomImage, rngFor, rowsOf, run } from './support.js'
import { differences, warped, warpSource, warps } from './warps.js'

const still: Motion = { rotate: 0, translate: [0, 0], scale: 1, shear: [0, 0], center: [0, 0] }
const fixed: AffineDisplacementStepOptions = {
  rotate: [0, 0],
  translate: { x: [0, 0], y: [0, 0] },
  scale: [1, 1],
  shear: { x: [0, 0], y: [0, 0] },
  center: 'middle',
  p: 1,
  interpolation: 'bilinear',
  border: 'constant',
  fill: 0
}
const counted = grey([0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15])
const shown = (matrix: Affine) => rowsOf(warped(counted, affineRows(matrix), 'bilinear'))

/** Motions about points in and around an image. */
const motion = fc.record({
  rotate: fc.double({ min: -180, max: 180, noNaN: true }),
  translate: fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true })),
  scale: fc.double({ min: 0.3, max: 3, noNaN: true }),
  shear: fc.tuple(fc.double({ min: -60, max: 60, noNaN: true }), fc.double({ min: -60, max: 60, noNaN: true })),
  center: fc.tuple(fc.double({ min: 0, max: 12, noNaN: true }), fc.double({ min: 0, max: 12, noNaN: true }))
})

test('sine and cosine: exact at right angles, and those of Math elsewhere', () => {
  for (const [quarter, expected] of [
    [0, 1],
    [1, 0],
    [0, -1],
    [-1, 0]
  ].entries()) {
    for (const turns of [-720, -360, 0, 360]) {
      expect(sinCos(90 * quarter + turns).map(value => value + 0)).toEqual(expected)
    }
  }
  for (let degrees = -400; degrees < 400; degrees += 0.37) {
    const [sin, cos] = sinCos(degrees)
    expect(Math.abs(sin - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(1e-14)
    expect(Math.abs(cos - Math.cos((degrees * Math.PI) / 180))).toBeLessThan(1e-14)
  }
})

describe('equals torchvision', () => {
  test.each(warps.affine)('affine: $source, $angle°, $translate, $scale, $shear about $center', results => {
    const { width, height } = warpSource(results.source)
    const { translate, scale, shear, center } = results
    const matrix = backwardAffine({
      rotate: -results.angle,
      translate,
      scale,
      shear,
      center: center ?? [width / 2, height / 2]
    })
    const { bilinear, nearest } = differences(affineRows(matrix), results)
    expect(bilinear).toBeLessThanOrEqual(1)
    expect(nearest).toBe(0)
  })

  test.each(warps.rotate)('rotate: $source, $angle° about $center', results => {
    const { source, angle, center } = results
    const { width, height } = warpSource(source)
    const options: RandomRotationStepOptions = {
      ...fixed,
      degrees: [angle, angle],
      center: center ?? 'middle'
    }
    const { matrix } = randomRotationStep.draw(rngFor('rotate'), options, [height, width, 3], noFacts, [])!
    const { bilinear, nearest } = differences(affineRows(matrix), results)
    expect(bilinear).toBeLessThanOrEqual(1)
    expect(nearest).toBe(0)
  })
})

describe('literal images', () => {
  test('a fixed matrix samples backward: one pixel further right, and half of one', () => {
    const moved = (matrix: Affine) => rowsOf(run(affineDisplacementStep, { ...fixed, matrix }, counted, rngFor('x')))
    expect(moved([1, 0, 1, 0, 1, 0])).toEqual([
      [1, 2, 3, 0],
      [5, 6, 7, 0],
      [9, 10, 11, 0],
      [13, 14, 15, 0]
    ])
    // 0.5 1.5 2.5 1.5 …, halves to even
    expect(moved([1, 0, 0.5, 0, 1, 0])).toEqual([
      [0, 2, 2, 2],
      [4, 6, 6, 4],
      [8, 10, 10, 6],
      [12, 14, 14, 8]
    ])
  })

  test('shrunk by 1.5 about the centre of the first pixel', () => {
    const matrix = backwardAffine({ ...still, scale: 1 / 1.5, center: [0.5, 0.5] })
    expect(shown(matrix)).toEqual([
      [0, 2, 3, 0],
      [6, 8, 9, 0],
      [12, 14, 15, 0],
      [0, 0, 0, 0]
    ])
  })

  test('a quarter turn is exact, and four are none', () => {
    // x' = c + (y − c), y' = c − (x − c)
    const matrix: Affine = [0, 1, 0, -1, 0, 4]
    expect(backwardAffine({ ...still, rotate: -90, center: [2, 2] })).toEqual(matrix)
    expect(shown(matrix)).toEqual([
      [12, 8, 4, 0],
      [13, 9, 5, 1],
      [14, 10, 6, 2],
      [15, 11, 7, 3]
    ])
    for (const interpolation of ['nearest', 'bilinear', 'bicubic'] as const) {
      const image = randomImage([6, 6, 3])
      const turn = affineRows(backwardAffine({ ...still, rotate: 90, center: [3, 3] }))
      let turned = image
      for (let i = 0; i < 4; i++) turned = warped(turned, turn, interpolation)
      expect(turned).toEqual(image)
    }
  })

  test('positive angles turn counter-clockwise, positive translations move right and down', () => {
    const options: RandomRotationStepOptions = { ...fixed, degrees: [90, 90] }
    const turned = run(randomRotationStep, options, grey([1, 2], [3, 4]), rngFor('x'))
    expect(rowsOf(turned)).toEqual([
      [2, 4],
      [1, 3]
    ])
    const moved = { ...fixed, translate: { x: [0.5, 0.5], y: [1 / 3, 1 / 3] } } as const
    expect(rowsOf(run(affineDisplacementStep, moved, grey([1, 2], [3, 4], [5, 6]), rngFor('x')))).toEqual([
      [0, 0],
      [0, 1],
      [0, 3]
    ])
  })
})

describe('any motion', () => {
  test('is the displacement (M − I)p + t of each pixel', () => {
    fc.assert(
      fc.property(motion, fc.nat(20), fc.nat(20), (drawn, x, y) => {
        const [a, b, c, d, e, f] = backwardAffine(drawn)
        const [xs, ys] = [new Float64Array(21), new Float64Array(21)]
        affineRows([a, b, c, d, e, f])(y, xs, ys)
        const [px, py] = [x + 0.5, y + 0.5]
        expect(Math.abs(xs[x]! - (x + ((a - 1) * px + b * py + c)))).toBeLessThan(1e-9)
        expect(Math.abs(ys[x]! - (y + (d * px + (e - 1) * py + f)))).toBeLessThan(1e-9)
      })
    )
  })

  test('and its inverse are none, and points go the other way than samples', () => {
    fc.assert(
      fc.property(motion, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 8 }), (drawn, x, y) => {
        const matrix = backwardAffine(drawn)
        const both = composeAffine(matrix, invertAffine(matrix))
        for (const [i, value] of both.entries()) expect(Math.abs(value - IDENTITY[i]!)).toBeLessThan(1e-9)
        const params = { matrix, interpolation: 'nearest', border: 'constant', fill: [0] } as const
        const [xs, ys] = [new Float64Array(13), new Float64Array(13)]
        affineRows(matrix)(y, xs, ys)
        const back = affineGeometry.point(params, [9, 13, 1], xs[x]! + 0.5, ys[x]! + 0.5, 0)
        expect(Math.hypot(back[0] - x - 0.5, back[1] - y - 0.5)).toBeLessThan(1e-9)
      })
    )
  })

  test('keeps a ramp a ramp, where it shows the image', () => {
    const [width, height] = [19, 11]
    const ramp = (x: number, y: number) => 4 * x + 3 * y + 20
    const image = grey(...Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => ramp(x, y))))
    let compared = 0
    fc.assert(
      fc.property(motion, fc.constantFrom('bilinear' as const, 'bicubic' as const), (drawn, interpolation) => {
        const map = affineRows(backwardAffine(drawn))
        const out = rowsOf(warped(image, map, interpolation))
        const [xs, ys] = [new Float64Array(width), new Float64Array(width)]
        for (let y = 0; y < height; y++) {
          map(y, xs, ys)
          for (let x = 0; x < width; x++) {
            const inside = xs[x]! >= 1 && xs[x]! <= width - 3 && ys[x]! >= 1 && ys[x]! <= height - 3
            if (!inside) continue
            expect(Math.abs(out[y]![x]! - ramp(xs[x]!, ys[x]!))).toBeLessThanOrEqual(0.52)
            compared++
          }
        }
      })
    )
    expect(compared).toBeGreaterThan(1000)
  })

  test('adds no class to a mask, and boxes hold what was in them', () => {
    const mask = blank([12, 12, 1])
    for (let y = 4; y < 8; y++) for (let x = 3; x < 9; x++) mask.data[12 * y + x] = 5
    fc.assert(
      fc.property(motion, drawn => {
        const matrix = backwardAffine(drawn)
        const params = { matrix, interpolation: 'bicubic', border: 'constant', fill: [200] } as const
        const out = blank([12, 12, 1], 99)
        affineGeometry.mask(mask, params, out, [])
        const corners = [3, 9].flatMap(x => [4, 8].map(y => affineGeometry.point(params, [12, 12, 1], x, y, 0)))
        const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
        for (const [i, id] of out.data.entries()) {
          expect([0, 5]).toContain(id)
          if (id === 0) continue
          const [x, y] = [(i % 12) + 0.5, Math.floor(i / 12) + 0.5]
          expect(x > Math.min(...xs) - 1e-9 && x < Math.max(...xs) + 1e-9).toBe(true)
          expect(y > Math.min(...ys) - 1e-9 && y < Math.max(...ys) + 1e-9).toBe(true)
        }
      })
    )
  })
})

test('all that is drawn is uniform over its range', () => {
  const ranges = { rotate: [-30, 60], x: [-0.1, 0.3], y: [0, 0.2], scale: [0.5, 2], shearX: [-20, 5] } as const
  const cdf = (low: number, high: number) => (v: number) => Math.min(1, Math.max(0, (v - low) / (high - low)))
  const shape = [20, 50, 3] as const
  const draws = (changed: Partial<AffineDisplacementStepOptions>) => {
    const rng = rngFor('uniform')
    const options = { ...fixed, ...changed, center: [0, 0] } as const
    return Array.from({ length: 2000 }, () =>
      invertAffine(affineDisplacementStep.draw(rng, options, shape, noFacts, [])!.matrix)
    )
  }
  const check = (values: readonly number[], [low, high]: readonly [number, number]) =>
    expect(kolmogorov([...values], cdf(low, high))).toBeLessThan(2.2)
  check(
    draws({ rotate: ranges.rotate }).map(([a, b]) => (Math.atan2(b, a) * 180) / Math.PI),
    ranges.rotate
  )
  const moved = draws({ translate: { x: ranges.x, y: ranges.y } })
  check(
    moved.map(([, , x]) => x / 50),
    ranges.x
  )
  check(
    moved.map(([, , , , , y]) => y / 20),
    ranges.y
  )
  check(
    draws({ scale: ranges.scale }).map(([a]) => a),
    ranges.scale
  )
  check(
    draws({ shear: { x: ranges.shearX, y: [0, 0] } }).map(([, b]) => (Math.atan(-b) * 180) / Math.PI),
    ranges.shearX
  )
})
