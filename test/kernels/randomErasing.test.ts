import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RandomErasingStepOptions, randomErasingStep } from '#dist/kernels/randomErasing.js'
import { chiSquareZ } from '../random/statistics.js'
import { applied, noFacts, rngFor, rowsOf } from './support.js'

interface Case {
  readonly height: number
  readonly width: number
  readonly scale: [number, number]
  readonly ratio: [number, number]
  readonly draws: number
  /** How often each `height x width` was drawn. */
  readonly sizes: Record<string, number>
  /** How often each `top,left` was. */
  readonly places: Record<string, number>
}

/** What torchvision draws; made by scripts/fixtures/erasing.py. */
const torchvision: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/erasing.json', import.meta.url), 'utf8')
)

const defaults: RandomErasingStepOptions = { scale: [0.02, 0.33], ratio: [0.3, 3.3], fill: 0, p: 1 }

function draw(changed: Partial<RandomErasingStepOptions>, [height, width, channels] = [12, 8, 3], position = 0) {
  const options = { ...defaults, ...changed }
  return randomErasingStep.draw(rngFor('erasing', position), options, [height!, width!, channels!], noFacts, [])
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

/** How many standard deviations a chi² of two sets of counts lies above its mean; rare keys count as one. */
function twoSampleZ(a: Record<string, number>, b: Record<string, number>): number {
  const pairs: [number, number][] = []
  const rare: [number, number] = [0, 0]
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [x, y] = [a[key] ?? 0, b[key] ?? 0]
    if (x + y >= 20) pairs.push([x, y])
    else rare.splice(0, 2, rare[0] + x, rare[1] + y)
  }
  if (rare[0] + rare[1] > 0) pairs.push(rare)
  const chi = pairs.reduce((sum, [x, y]) => sum + (x - y) ** 2 / (x + y), 0)
  return (chi - (pairs.length - 1)) / Math.sqrt(2 * (pairs.length - 1))
}

describe('the rectangle', () => {
  test.each(torchvision.cases)("$height×$width, area $scale, aspect $ratio: as often as torchvision's", fixture => {
    const { height, width, scale, ratio, draws } = fixture
    const sizes: Record<string, number> = {}
    const places: Record<string, number> = {}
    for (let position = 0; position < draws; position++) {
      const box = draw({ scale, ratio }, [height, width, 3], position)?.box
      add(sizes, box === undefined ? 'none' : `${box.height}x${box.width}`)
      if (box !== undefined) add(places, `${box.top},${box.left}`)
    }
    expect(twoSampleZ(sizes, fixture.sizes)).toBeLessThan(4)
    expect(twoSampleZ(places, fixture.places)).toBeLessThan(4)
  })

  test('lies inside, lower and narrower than the image, at any place', () => {
    const places = new Map<string, number[]>()
    for (let position = 0; position < 8000; position++) {
      const box = draw({ scale: [0.2, 0.9] }, [6, 7, 1], position)?.box
      if (box === undefined) continue
      const { top, left, height, width } = box
      expect([top >= 0, left >= 0, top + height <= 6, left + width <= 7, height < 6, width < 7]).not.toContain(false)
      const size = `${height}x${width}`
      const counts = places.get(size) ?? new Array<number>((7 - height) * (8 - width)).fill(0)
      counts[top * (8 - width) + left]!++
      places.set(size, counts)
    }
    const frequent = [...places.values()].filter(counts => counts.reduce((a, b) => a + b) > 10 * counts.length)
    expect(frequent.length).toBeGreaterThan(5)
    for (const counts of frequent) expect(chiSquareZ(counts)).toBeLessThan(4)
  })

  test('none where ten tries do not fit; p', () => {
    for (let i = 0; i < 50; i++) expect(draw({ scale: [1, 1], ratio: [1, 1] }, [8, 8, 3], i)).toBeUndefined()
    const drawn = Array.from({ length: 2000 }, (_, i) => draw({ p: 0.5 }, [12, 12, 3], i)).filter(Boolean)
    expect(Math.abs(drawn.length - 1000)).toBeLessThan(4 * Math.sqrt(500))
  })
})

test('covers the rectangle and nothing else', () => {
  const image = { data: Uint8Array.from({ length: 12 }, (_, i) => i + 20), height: 3, width: 4, channels: 1 }
  const params = { box: { top: 0, left: 1, height: 2, width: 2 }, fill: [9] }
  expect(rowsOf(applied(randomErasingStep, image, params))).toEqual([
    [20, 9, 9, 23],
    [24, 9, 9, 27],
    [28, 29, 30, 31]
  ])
})
