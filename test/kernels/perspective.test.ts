import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  invertProjection,
  isConvex,
  type Point,
  project,
  projectionBetween,
  projectionRows,
  type Quad
} from '#dist/kernels/projection.js'
import { type RandomPerspectiveStepOptions, randomPerspectiveStep } from '#dist/kernels/randomPerspective.js'
import { chiSquareZ } from '../random/statistics.js'
import { noFacts, rngFor } from './support.js'
import { differences, warpSource, warps } from './warps.js'

const defaults: RandomPerspectiveStepOptions = {
  distortionScale: 0.5,
  p: 1,
  interpolation: 'bilinear',
  border: 'constant',
  fill: 0
}
const cornersOf = (height: number, width: number): Quad => [
  [0, 0],
  [width - 1, 0],
  [width - 1, height - 1],
  [0, height - 1]
]
const distance = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1])

test.each(warps.perspective)('equals torchvision: $source to $corners', results => {
  const { width, height } = warpSource(results.source)
  const map = projectionRows(projectionBetween(results.corners, cornersOf(height, width)))
  const { bilinear, nearest } = differences(map, results)
  expect(bilinear).toBeLessThanOrEqual(1)
  expect(nearest).toBe(0)
})

test('four corners go where they belong, and back', () => {
  const corner = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }))
  const quad = fc.tuple(corner, corner, corner, corner).filter(isConvex)
  fc.assert(
    fc.property(quad, quad, (from, to) => {
      const map = projectionBetween(from, to)
      for (let i = 0; i < 4; i++) {
        const there = project(map, ...from[i]!)
        expect(distance(there, to[i]!)).toBeLessThan(1e-5)
        expect(distance(project(invertProjection(map, to[0]), ...there), from[i]!)).toBeLessThan(1e-4)
      }
    })
  )
})

describe('randomPerspective', () => {
  const draw = (
    changed: Partial<RandomPerspectiveStepOptions>,
    [height, width]: readonly [number, number] = [12, 9],
    position = 0
  ) =>
    randomPerspectiveStep.draw(
      rngFor('perspective', position),
      { ...defaults, ...changed },
      [height, width, 3],
      noFacts,
      []
    )

  /** Where the corners of the image are shown. */
  function moved(position: number, distortionScale: number, height: number, width: number): Point[] | undefined {
    const params = draw({ distortionScale }, [height, width], position)
    return (
      params &&
      cornersOf(height, width).map(([x, y]) =>
        randomPerspectiveStep.geometry!.point(params, [height, width, 3], x, y, 0)
      )
    )
  }

  test('moves each corner to all places of its own quarter, equally often', () => {
    const counts: Map<string, number>[] = [new Map(), new Map(), new Map(), new Map()]
    for (let position = 0; position < 4000; position++) {
      const corners = moved(position, 0.5, 12, 9) ?? cornersOf(12, 9)
      for (const [i, [x, y]] of corners.entries()) {
        const place = `${Math.round(x)},${Math.round(y)}`
        expect(distance([x, y], [Math.round(x), Math.round(y)])).toBeLessThan(1e-9)
        counts[i]!.set(place, (counts[i]!.get(place) ?? 0) + 1)
      }
    }
    const all = (xs: number[], ys: number[]) => xs.flatMap(x => ys.map(y => `${x},${y}`)).sort()
    const [low, right, bottom] = [
      [0, 1, 2],
      [6, 7, 8],
      [8, 9, 10, 11]
    ]
    expect([...counts[0]!.keys()].sort()).toEqual(all(low, [0, 1, 2, 3]))
    expect([...counts[1]!.keys()].sort()).toEqual(all(right, [0, 1, 2, 3]))
    expect([...counts[2]!.keys()].sort()).toEqual(all(right, bottom))
    expect([...counts[3]!.keys()].sort()).toEqual(all(low, bottom))
    for (const places of counts) expect(chiSquareZ([...places.values()])).toBeLessThan(4)
  })

  test('shows every part of the image once, however far corners move', () => {
    const [height, width] = [40, 30]
    let seen = 0
    for (let position = 0; position < 300; position++) {
      const params = draw({ distortionScale: 1 }, [height, width], position)
      if (params === undefined) continue
      seen++
      const corners = moved(position, 1, height, width)!
      expect(isConvex(corners as unknown as Quad)).toBe(true)
      const map = projectionRows(params.projection)
      const [xs, ys] = [new Float64Array(width), new Float64Array(width)]
      for (let y = 0; y < height; y++) {
        map(y, xs, ys)
        for (let x = 0; x < width; x++) {
          const inside = xs[x]! > 0 && xs[x]! < width - 1.5 && ys[x]! > 0 && ys[x]! < height - 1.5
          if (!inside) continue
          const back = randomPerspectiveStep.geometry!.point(params, [height, width, 3], xs[x]! + 0.5, ys[x]! + 0.5, 0)
          expect(distance(back, [x + 0.5, y + 0.5])).toBeLessThan(1e-6)
        }
      }
    }
    expect(seen).toBeGreaterThan(250)
  })

  test('images of one row or column stay as they are', () => {
    for (const shape of [
      [1, 9],
      [9, 1],
      [1, 1]
    ] as const) {
      expect(draw({ distortionScale: 1 }, shape)).toBeUndefined()
    }
  })
})
