/** Covering the squares of a grid: gridMask and hideAndSeek. */
import { describe, expect, test } from 'vitest'
import { type GridMaskParams, type GridMaskStepOptions, gridMaskStep } from '#dist/kernels/gridMask.js'
import { type HideAndSeekStepOptions, hideAndSeekStep } from '#dist/kernels/hideAndSeek.js'
import type { Image } from '#dist/kernels/step.js'
import { chiSquareZ } from '../random/statistics.js'
import { applied, blank, noFacts, rngFor, rowsOf, run } from './support.js'

const flat = { cos: 1, sin: 0, fill: [0] }
const zeros = (image: Image): number => image.data.reduce((sum, byte) => sum + Number(byte === 0), 0)

describe('gridMask', () => {
  const defaults: GridMaskStepOptions = { unit: [4, 9], ratio: 0.6, rotate: 0, fill: 0, p: 1, rampEpochs: 0 }

  function draw(changed: Partial<GridMaskStepOptions>, [height, width] = [30, 40], position = 0, epoch = 0) {
    const options = { ...defaults, ...changed }
    return gridMaskStep.draw(rngFor('grid', position), options, [height!, width!, 1], { ...noFacts, epoch }, [])
  }

  test('a literal grid', () => {
    const params = { unit: 4, side: 2, left: 3, top: 1, ...flat }
    expect(rowsOf(applied(gridMaskStep, blank([6, 7, 1], 1), params))).toEqual([
      [1, 0, 0, 1, 1, 0, 0],
      [1, 1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1, 1],
      [1, 0, 0, 1, 1, 0, 0],
      [1, 0, 0, 1, 1, 0, 0],
      [1, 1, 1, 1, 1, 1, 1]
    ])
  })

  test.each([
    [5, 2],
    [7, 3],
    [4, 4]
  ])('unit %d, squares of %d: over all places, every pixel is covered equally often', (unit, side) => {
    const covered = new Array<number>(11 * 13).fill(0)
    for (let top = 0; top < unit; top++) {
      for (let left = 0; left < unit; left++) {
        const { data } = applied(gridMaskStep, blank([11, 13, 1], 1), { unit, side, left, top, ...flat })
        for (const [i, byte] of data.entries()) covered[i]! += 1 - byte
      }
    }
    expect(new Set(covered)).toEqual(new Set([side * side]))
  })

  test('units, places and sides that are drawn', () => {
    const units = new Map<number, number>()
    const places = new Array<number>(36).fill(0)
    for (let position = 0; position < 6000; position++) {
      const { unit, side, left, top } = draw({}, [30, 40], position)!
      units.set(unit, (units.get(unit) ?? 0) + 1)
      expect(side).toBe({ 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 4 }[unit])
      if (unit === 6) places[6 * top + left]!++
    }
    expect([...units.keys()].sort()).toEqual([4, 5, 6, 7, 8, 9])
    expect(chiSquareZ([...units.values()])).toBeLessThan(4)
    expect(chiSquareZ(places)).toBeLessThan(4)
  })

  test('a ratio of 1 covers nothing, 0 everything; the default unit follows the shorter side', () => {
    expect(draw({ ratio: 1 })).toBeUndefined()
    expect(zeros(run(gridMaskStep, { ...defaults, ratio: 0 }, blank([9, 8, 3], 1), rngFor('all')))).toBe(9 * 8 * 3)
    const units = Array.from({ length: 3000 }, (_, i) => draw({ unit: 'side' }, [224, 300], i)!.unit)
    expect([Math.min(...units), Math.max(...units)]).toEqual([96, 224])
  })

  test.each([0, 360])('with angles up to %d, the share (1 − ratio)² is covered', rotate => {
    const image = blank([20, 26, 1], 1)
    let covered = 0
    let squares = 0
    const RUNS = 1500
    for (let position = 0; position < RUNS; position++) {
      const params = draw({ unit: [5, 5], rotate }, [20, 26], position)!
      const share = zeros(applied(gridMaskStep, image, params)) / 520
      covered += share
      squares += share * share
    }
    const mean = covered / RUNS
    const error = Math.sqrt((squares / RUNS - mean * mean) / RUNS)
    expect(error).toBeGreaterThan(0)
    expect(Math.abs(mean - 0.16)).toBeLessThan(4 * error)
  })

  test('a quarter turn gives the grid of the turned image', () => {
    const params: GridMaskParams = { unit: 6, side: 3, left: 2, top: 4, ...flat }
    const upright = applied(gridMaskStep, blank([14, 14, 1], 1), params)
    // x and y change places, and one of them its sign: u = left − y, v = top + x.
    const turned = rowsOf(applied(gridMaskStep, blank([14, 14, 1], 1), { ...params, cos: 0, sin: 1 }))
    const at = (x: number, y: number): number => Number(((x % 6) + 6) % 6 >= 3 || ((y % 6) + 6) % 6 >= 3)
    expect(turned).toEqual(Array.from({ length: 14 }, (_, y) => Array.from({ length: 14 }, (_, x) => at(2 - y, 4 + x))))
    expect(rowsOf(upright)).toEqual(
      Array.from({ length: 14 }, (_, y) => Array.from({ length: 14 }, (_, x) => at(2 + x, 4 + y)))
    )
  })

  test('the probability grows with the epoch to p', () => {
    const share = (epoch: number): number =>
      Array.from({ length: 3000 }, (_, i) => draw({ p: 0.8, rampEpochs: 4 }, [9, 9], i, epoch)).filter(Boolean).length /
      3000
    expect(share(0)).toBe(0)
    for (const [epoch, p] of [
      [1, 0.2],
      [2, 0.4],
      [4, 0.8],
      [40, 0.8]
    ] as const) {
      expect(Math.abs(share(epoch) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 3000))
    }
  })
})

describe('hideAndSeek', () => {
  const defaults: HideAndSeekStepOptions = { size: [4], rate: 0.5, fill: 0, p: 1 }

  test('a literal grid, with smaller patches at the right and below', () => {
    const params = { size: 3, hidden: [1, 2, 3], fill: [0] }
    expect(rowsOf(applied(hideAndSeekStep, blank([4, 7, 1], 1), params))).toEqual([
      [1, 1, 1, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0, 0],
      [0, 0, 0, 1, 1, 1, 1]
    ])
  })

  test('whole patches are hidden, each by itself, at the rate', () => {
    const RUNS = 3000
    const hidden = new Array<number>(6).fill(0)
    let pairs = 0
    for (let position = 0; position < RUNS; position++) {
      const options = { ...defaults, rate: 0.3 }
      const rows = rowsOf(run(hideAndSeekStep, options, blank([8, 11, 1], 1), rngFor('hide', position)))
      const patches = [0, 1].flatMap(i =>
        [0, 1, 2].map(j => rows.slice(4 * i, 4 * i + 4).flatMap(row => row.slice(4 * j, 4 * j + 4)))
      )
      expect(patches.every(patch => new Set(patch).size === 1)).toBe(true)
      for (const [i, patch] of patches.entries()) hidden[i]! += 1 - patch[0]!
      pairs += (1 - patches[0]![0]!) * (1 - patches[1]![0]!)
    }
    for (const count of hidden) expect(Math.abs(count - 0.3 * RUNS)).toBeLessThan(4 * Math.sqrt(0.21 * RUNS))
    expect(Math.abs(pairs - 0.09 * RUNS)).toBeLessThan(4 * Math.sqrt(0.09 * 0.91 * RUNS))
  })

  test('one of several sides is drawn, and 0 hides nothing', () => {
    const counts = new Map<number, number>()
    for (let position = 0; position < 3000; position++) {
      const options = { ...defaults, size: [0, 2, 5], rate: 1 }
      const size = hideAndSeekStep.draw(rngFor('sides', position), options, [8, 8, 1], noFacts, [])?.size ?? 0
      counts.set(size, (counts.get(size) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([0, 2, 5])
    expect(chiSquareZ([...counts.values()])).toBeLessThan(4)
    const quarter = hideAndSeekStep.draw(
      rngFor('q'),
      { ...defaults, size: 'quarter', rate: 1 },
      [224, 300, 3],
      noFacts,
      []
    )
    expect(quarter).toMatchObject({ size: 56 })
    expect(quarter!.hidden).toHaveLength(4 * 6)
  })
})
