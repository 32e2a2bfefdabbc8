import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coveredTargets, pastedTargets } from '#dist/kernels/pastedTargets.js'
import type { Box } from '#dist/sample.js'

const side = fc.integer({ min: 0, max: 12 })
const frames = fc
  .tuple(side, side, side, side)
  .map(([a, b, c, d]) => ({ left: Math.min(a, b), right: Math.max(a, b), top: Math.min(c, d), bottom: Math.max(c, d) }))
const boxes = frames
  .filter(({ left, right, top, bottom }) => left < right && top < bottom)
  .map(({ left, right, top, bottom }) => ({ x1: left, y1: top, x2: right, y2: bottom, label: 3 }))

/** The places of the pixels inside. */
function pixels({ x1, y1, x2, y2 }: Box): Set<string> {
  const found = new Set<string>()
  for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) found.add(`${x} ${y}`)
  return found
}

function boundary(places: ReadonlySet<string>): Box {
  const points = [...places].map(place => place.split(' ').map(Number) as [number, number])
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs) + 1, y2: Math.max(...ys) + 1 }
}

test('own boxes: counted pixels decide what stays, and the rest is cut down where it is a rectangle', () => {
  fc.assert(
    fc.property(boxes, frames, (box, paste) => {
      const [kept] = coveredTargets({ boxes: [box], keypoints: [] }, paste).boxes
      const whole = pixels(box)
      const covered = pixels({ x1: paste.left, y1: paste.top, x2: paste.right, y2: paste.bottom })
      const seen = new Set([...whole].filter(place => !covered.has(place)))
      if (seen.size < whole.size / 4) {
        expect(kept).toBeUndefined()
        return
      }
      const around = boundary(seen)
      const isRectangle = pixels(around).size === seen.size
      expect(kept).toEqual(isRectangle ? { ...around, label: 3 } : box)
    }),
    { seed: 1, numRuns: 500 }
  )
})

test("partner's boxes: cut at the border, counted pixels decide what comes along", () => {
  const shifts = fc.record({
    x: fc.integer({ min: -8, max: 8 }),
    y: fc.integer({ min: -8, max: 8 }),
    scale: fc.constantFrom(1, 2)
  })
  fc.assert(
    fc.property(boxes, frames, shifts, (box, paste, { x, y, scale }) => {
      const placement = { scaleX: scale, scaleY: scale, x, y }
      const [kept] = pastedTargets({ boxes: [box], keypoints: [] }, placement, paste).boxes
      const moved = { x1: box.x1 * scale + x, y1: box.y1 * scale + y, x2: box.x2 * scale + x, y2: box.y2 * scale + y }
      const inside = pixels({ x1: paste.left, y1: paste.top, x2: paste.right, y2: paste.bottom })
      const seen = new Set([...pixels(moved)].filter(place => inside.has(place)))
      const stays = seen.size > 0 && seen.size >= pixels(moved).size / 4
      expect(kept).toEqual(stays ? { ...boundary(seen), label: 3 } : undefined)
    }),
    { seed: 2, numRuns: 500 }
  )
})

describe('keypoints', () => {
  const paste = { left: 2, top: 3, right: 5, bottom: 6 }
  const inside = [
    { x: 2, y: 3, label: 1 },
    { x: 4.9, y: 5.9 },
    { x: 3, y: 4, visible: false }
  ]
  const outside = [
    { x: 1.9, y: 4 },
    { x: 5, y: 4 },
    { x: 3, y: 6, label: 2 }
  ]

  test('of the image are flagged where they are covered', () => {
    const { keypoints } = coveredTargets({ boxes: [], keypoints: [...inside, ...outside] }, paste)
    expect(keypoints).toEqual([...inside.map(point => ({ ...point, visible: false })), ...outside])
  })

  test('of the partner come along from inside', () => {
    const placement = { scaleX: 1, scaleY: 1, x: 0, y: 0 }
    const { keypoints } = pastedTargets({ boxes: [], keypoints: [...outside, ...inside] }, placement, paste)
    expect(keypoints).toEqual(inside)
  })
})

test('an empty rectangle changes nothing and brings nothing', () => {
  const all = { boxes: [{ x1: 0, y1: 0, x2: 4, y2: 4 }], keypoints: [{ x: 1, y: 1 }] }
  const empty = { left: 1, top: 1, right: 1, bottom: 3 }
  expect(coveredTargets(all, empty)).toEqual(all)
  expect(pastedTargets(all, { scaleX: 1, scaleY: 1, x: 0, y: 0 }, empty)).toEqual({ boxes: [], keypoints: [] })
})
