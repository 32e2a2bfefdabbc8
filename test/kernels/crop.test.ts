import { describe, expect, test } from 'vitest'
import { centerCropStep } from '#dist/kernels/centerCrop.js'
import { crop } from '#dist/kernels/crop.js'
import { randomCropStep } from '#dist/kernels/randomCrop.js'
import { randomResizedCropStep } from '#dist/kernels/randomResizedCrop.js'
import { chiSquareZ, kolmogorov } from '../random/statistics.js'
import { fixtures, source, unpack } from './fixtures.js'
import { blank, grey, noFacts, rngFor, rowsOf, run, shapeOf } from './support.js'

describe('crop', () => {
  const image = grey([1, 2, 3], [4, 5, 6])
  const cut = (top: number, left: number, mode: 'constant' | 'reflect' | 'edge') => {
    const out = blank([3, 4, 1], 0xaa)
    crop(image, top, left, mode, [9], out)
    return rowsOf(out)
  }

  test('literal borders', () => {
    expect(cut(-1, -1, 'constant')).toEqual([
      [9, 9, 9, 9],
      [9, 1, 2, 3],
      [9, 4, 5, 6]
    ])
    expect(cut(-1, -1, 'edge')).toEqual([
      [1, 1, 2, 3],
      [1, 1, 2, 3],
      [4, 4, 5, 6]
    ])
    expect(cut(-1, -1, 'reflect')).toEqual([
      [5, 4, 5, 6],
      [2, 1, 2, 3],
      [5, 4, 5, 6]
    ])
    expect(cut(0, 1, 'reflect')).toEqual([
      [2, 3, 2, 1],
      [5, 6, 5, 4],
      [2, 3, 2, 1]
    ])
  })

  test('a crop that misses the image shows the fill alone', () => {
    expect(new Set(cut(0, 7, 'constant').flat())).toEqual(new Set([9]))
    expect(new Set(cut(-9, -9, 'constant').flat())).toEqual(new Set([9]))
  })

  test.each(fixtures.border)(
    'equals torchvision: $mode, $source at ($top, $left)',
    ({ source: name, mode, top, left, result }) => {
      const expected = unpack(result)
      const image = source(name)
      const out = blank(shapeOf(expected), 0xaa)
      crop(image, top, left, mode, new Array(image.channels).fill(9), out)
      expect(out.data).toEqual(expected.data)
    }
  )
})

test.each(fixtures.center)('centerCrop equals torchvision: $source to $size', ({ source: name, size, result }) => {
  expect(run(centerCropStep, { size }, source(name), rngFor('center'))).toEqual(unpack(result))
})

describe('randomCrop', () => {
  const options = { size: [3, 4], padding: 2, fill: [7], mode: 'constant' } as const

  test('all places are equally likely, both ends included', () => {
    const rng = rngFor('randomCrop')
    const counts = new Map<string, number>()
    for (let i = 0; i < 9000; i++) {
      const drawn = randomCropStep.draw(rng, options, [4, 5, 1], noFacts, [])!
      const place = `${drawn.top},${drawn.left}`
      counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    const expected = Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 6 }, (_, x) => `${y - 2},${x - 2}`)
    ).flat()
    expect([...counts.keys()].sort()).toEqual(expected.sort())
    expect(chiSquareZ([...counts.values()])).toBeLessThan(4)
  })

  test('shows the part of the padded image that was drawn', () => {
    const image = grey([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15], [16, 17, 18, 19, 20])
    for (let position = 0; position < 20; position++) {
      const drawn = randomCropStep.draw(rngFor('shows', position), options, [4, 5, 1], noFacts, [])!
      const pixel = (y: number, x: number) => (y >= 0 && y < 4 && x >= 0 && x < 5 ? image.data[y * 5 + x]! : 7)
      const expected = [0, 1, 2].map(y => [0, 1, 2, 3].map(x => pixel(y + drawn.top, x + drawn.left)))
      expect(rowsOf(run(randomCropStep, options, image, rngFor('shows', position)))).toEqual(expected)
    }
  })

  test('an image that is too small, and what to do', () => {
    const draw = (changed: object) =>
      randomCropStep.draw(rngFor('small'), { ...options, ...changed }, [4, 5, 3], noFacts, [])
    expect(() => draw({ size: [9, 4] })).toThrow(
      'randomCrop: a crop of 9×4 (height × width) does not fit into an image of 4×5 with a padding of 2. Put resize before it, or give a larger `padding`.'
    )
    expect(() => draw({ size: [3, 10] })).toThrow('does not fit')
    expect(() => draw({ mode: 'reflect', padding: 4 })).toThrow('cannot be mirrored over a padding of 4')
    expect(() => draw({ fill: [1, 2] })).toThrow('3 channels, but `fill` has 2 numbers')
  })
})

describe('randomResizedCrop', () => {
  const options = { size: [8, 8], scale: [0.25, 0.5], ratio: [0.5, 2] } as const

  test('area is uniform, aspect log-uniform, the box inside', () => {
    const rng = rngFor('randomResizedCrop')
    const drawn = Array.from(
      { length: 5000 },
      () => randomResizedCropStep.draw(rng, options, [2000, 2000, 3], noFacts, [])!
    )
    for (const { top, left, width, height } of drawn) {
      expect(top >= 0 && left >= 0 && top + height <= 2000 && left + width <= 2000).toBe(true)
    }
    const areas = drawn.map(({ width, height }) => (width * height) / 4e6)
    expect(kolmogorov(areas, x => Math.min(1, Math.max(0, (x - 0.25) / 0.25)))).toBeLessThan(2.2)
    const aspects = drawn.map(({ width, height }) => Math.log2(width / height))
    expect(kolmogorov(aspects, x => Math.min(1, Math.max(0, (x + 1) / 2)))).toBeLessThan(2.2)
    expect(
      kolmogorov(
        drawn.map(({ top, height }) => (top + 0.5) / (2001 - height)),
        x => x
      )
    ).toBeLessThan(2.2)
    expect(
      kolmogorov(
        drawn.map(({ left, width }) => (left + 0.5) / (2001 - width)),
        x => x
      )
    ).toBeLessThan(2.2)
  })

  test.each(fixtures.fallback)('$height×$width with aspects $ratio: no try fits', ({ height, width, ratio, box }) => {
    const drawn = randomResizedCropStep.draw(
      rngFor('fallback'),
      { size: [8, 8], scale: [1, 1], ratio },
      [height, width, 3],
      noFacts,
      []
    )
    expect(drawn).toEqual({ ...box, size: [8, 8] })
  })

  test('a single row or column still gives a box', () => {
    for (const shape of [
      [1, 500, 3],
      [500, 1, 3],
      [1, 1, 3]
    ] as const) {
      const { width, height } = randomResizedCropStep.draw(rngFor('thin'), options, shape, noFacts, [])!
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(1)
    }
  })
})
