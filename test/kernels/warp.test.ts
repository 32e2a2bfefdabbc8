import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Interpolation, RowMap, WarpBorder } from '#dist/kernels/warp.js'
import { unpack } from './fixtures.js'
import { grey, randomImage, rngFor, rowsOf } from './support.js'
import { warped, warpSource, warps } from './warps.js'

const interpolations: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic']
const borders: readonly WarpBorder[] = ['constant', 'edge', 'reflect', 'wrap']

/** Backward displacement, the same for all pixels. */
const shifted =
  (dx: number, dy: number): RowMap =>
  (y, xs, ys) => {
    for (let x = 0; x < xs.length; x++) {
      xs[x] = x + dx
      ys[x] = y + dy
    }
  }

describe('places between pixels', () => {
  const ramp = grey([0, 10, 20, 30], [40, 50, 60, 70], [80, 90, 100, 110], [120, 130, 140, 150])

  test('a whole displacement moves pixels, and fills where there are none', () => {
    for (const interpolation of interpolations) {
      expect(rowsOf(warped(ramp, shifted(1, 0), interpolation))).toEqual([
        [10, 20, 30, 0],
        [50, 60, 70, 0],
        [90, 100, 110, 0],
        [130, 140, 150, 0]
      ])
    }
  })

  test('half a pixel is the mean of two, the fill among them', () => {
    expect(rowsOf(warped(ramp, shifted(0.5, 0)))).toEqual([
      [5, 15, 25, 15],
      [45, 55, 65, 35],
      [85, 95, 105, 55],
      [125, 135, 145, 75]
    ])
  })

  test('the worked example of Simard et al. 2003', () => {
    const image = grey([0, 3, 7], [0, 5, 9])
    const place: RowMap = (_, xs, ys) => {
      xs[0] = 1.75
      ys[0] = 0.5
    }
    expect([...warped(image, place, 'bilinear', 'constant', 0, [1, 1, 1]).data]).toEqual([7])
  })
})

test.each(interpolations)('%s at centres of pixels is those pixels, bit for bit', interpolation => {
  for (const border of borders) {
    for (const channels of [1, 3, 4]) {
      const image = randomImage([7, 5, channels], channels)
      expect(warped(image, shifted(0, 0), interpolation, border, 77)).toEqual(image)
    }
  }
})

test.each(interpolations)('%s: the quick path inside gives the bytes of the path for anywhere', interpolation => {
  const [height, width] = [9, 11]
  const rng = rngFor('paths')
  // Fractions that stay exact when a whole image is added; inside for the quick path, outside for the other.
  const places = Float64Array.from({ length: 2 * height * width }, () => rng.int(14 * 1024) / 1024 - 1)
  const map =
    (images: number): RowMap =>
    (y, xs, ys) => {
      for (let x = 0; x < width; x++) {
        xs[x] = places[2 * (y * width + x)]! + images * width
        ys[x] = places[2 * (y * width + x) + 1]! + images * height
      }
    }
  for (const channels of [1, 3, 4]) {
    const image = randomImage([height, width, channels])
    const quick = warped(image, map(0), interpolation, 'wrap')
    expect(warped(image, map(2), interpolation, 'wrap')).toEqual(quick)
    expect(warped(image, map(-3), interpolation, 'wrap')).toEqual(quick)
  }
})

test('Catmull–Rom keeps a parabola, which a = −3/4 and a = −1 do not', () => {
  const parabola = (x: number, y: number) => 2 * x * x + y * y + 3 * x + 10
  const image = grey(...Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (_, x) => parabola(x, y))))
  const rows = rowsOf(warped(image, shifted(0.25, 0.5), 'bicubic'))
  for (let y = 1; y < 6; y++) {
    for (let x = 1; x < 6; x++) {
      expect(Math.abs(rows[y]![x]! - parabola(x + 0.25, y + 0.5))).toBeLessThanOrEqual(0.5)
    }
  }
})

test('halves are rounded to even', () => {
  expect(rowsOf(warped(grey([0, 1, 2, 3, 4]), shifted(0.5, 0), 'bilinear', 'edge'))).toEqual([[0, 2, 2, 4, 4]])
})

test.each([
  ['constant', [9, 9, 1, 2, 3, 9, 9]],
  ['edge', [1, 1, 1, 2, 3, 3, 3]],
  ['reflect', [3, 2, 1, 2, 3, 2, 1]],
  ['wrap', [2, 3, 1, 2, 3, 1, 2]]
] as const)('beyond the border: %s', (border, expected) => {
  for (const interpolation of interpolations) {
    const out = warped(grey([1, 2, 3]), shifted(-2, 0), interpolation, border, 9, [1, 7, 1])
    expect(rowsOf(out)).toEqual([expected])
    const turned = { width: 1, height: 3, channels: 1, data: Uint8Array.of(1, 2, 3) }
    expect([...warped(turned, shifted(0, -2), interpolation, border, 9, [7, 1, 1]).data]).toEqual(expected)
  }
})

test('any number is a place, and what is none shows the fill', () => {
  const wild = [NaN, Infinity, -Infinity, 1e300, -1e300, 2 ** 31, -(2 ** 31), 2 ** 53, -0, 1e-320]
  const image = randomImage([3, 4, 3])
  const place = fc.oneof(fc.constantFrom(...wild), fc.double())
  fc.assert(
    fc.property(place, place, fc.constantFrom(...interpolations), fc.constantFrom(...borders), (x, y, how, border) => {
      const out = warped(
        image,
        (_, xs, ys) => {
          xs[0] = x
          ys[0] = y
        },
        how,
        border,
        33,
        [1, 1, 3]
      )
      if (Number.isNaN(x) || Number.isNaN(y)) expect([...out.data]).toEqual([33, 33, 33])
      else if (how === 'nearest') {
        const pixels = Array.from({ length: 12 }, (_, i) => [...image.data.subarray(3 * i, 3 * i + 3)].join())
        expect([...pixels, '33,33,33']).toContain([...out.data].join())
      }
    })
  )
})

test.each(warps.places)('equals SciPy: $interpolation, $border', ({ border, interpolation, xs, ys, values }) => {
  const place: RowMap = (_, toX, toY) => {
    toX.set(xs)
    toY.set(ys)
  }
  const out = warped(warpSource('grey'), place, interpolation, border, warps.fill, [1, xs.length, 1])
  const errors = values.map((value, i) => Math.abs(value - out.data[i]!))
  expect(Math.max(...errors)).toBeLessThanOrEqual(interpolation === 'nearest' ? 0 : 0.5 + 1e-6)
})

test('an enlargement equals that of Pillow, bicubic, away from the border', () => {
  const image = warpSource('grey')
  const expected = unpack(warps.cubic)
  const half: RowMap = (y, xs, ys) => {
    for (let x = 0; x < xs.length; x++) {
      xs[x] = (x + 0.5) / 2 - 0.5
      ys[x] = (y + 0.5) / 2 - 0.5
    }
  }
  const out = warped(image, half, 'bicubic', 'edge', 0, [expected.height, expected.width, 1])
  let worst = 0
  for (let y = 4; y < out.height - 4; y++) {
    for (let x = 4; x < out.width - 4; x++) {
      const at = y * out.width + x
      worst = Math.max(worst, Math.abs(out.data[at]! - expected.data[at]!))
    }
  }
  expect(worst).toBeLessThanOrEqual(1) // halves, which Pillow computes in float32
})
