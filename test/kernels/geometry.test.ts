/** What every step that moves pixels must hold to: masks and points go where the pixels go. */
import { describe, expect, test } from 'vitest'
import { findSampleStep, sampleStepNames } from '#dist/kernels/registry.js'
import type { Geometry, Image, SampleStep, Shape } from '#dist/kernels/step.js'
import { sampleExamples } from './examples.js'
import { blank, noFacts, rngFor } from './support.js'

const SHAPES: readonly Shape[] = [
  [48, 32, 1],
  [37, 61, 1]
]
const POSITIONS = 6
const SIDE = 3
/** Marks keep away from the border, which some steps repeat. */
const MARGIN = 5
const facts = { ...noFacts, label: 0, classes: 2 }
const source = { size: 12, own: 3, classes: [Uint32Array.from([0, 3, 5, 7, 9]), Uint32Array.from([1, 2])] }

/** Those that refuse all masks and points are tested where they are. */
const moving = sampleStepNames().filter(name => findSampleStep(name)!.geometry !== undefined && name !== 'augMix')

test('steps that change the size say where they move things', () => {
  const silent = sampleStepNames().filter(name => {
    const step = findSampleStep(name)!
    return step.outShape !== undefined && step.geometry === undefined && name !== 'channelStats'
  })
  expect(silent).toEqual([])
})

describe.each(moving)('%s', name => {
  const step = findSampleStep(name)! as SampleStep & { readonly geometry: Geometry }

  /** Everything that the examples draw, with as many partners of the same shape as the step asks for. */
  function* drawn(shape: Shape): Generator<{ params: unknown; out: Shape; partners: number }> {
    for (const options of sampleExamples[name]?.options ?? []) {
      for (let position = 0; position < POSITIONS; position++) {
        const rng = rngFor(name, position)
        const partners = step.partners?.(rngFor(`${name} partners`, position), options, facts, source).length ?? 0
        const params = step.draw(rng, options, shape, facts, new Array<Shape>(partners).fill(shape))
        if (params !== undefined) yield { params, out: step.outShape?.(params, shape) ?? shape, partners }
      }
    }
  }

  function masked(mask: Image, params: unknown, [height, width]: Shape, partners: readonly Image[], byte = 0): Image {
    const out = blank([height, width, 1], byte)
    step.geometry.mask(mask, params, out, partners)
    return out
  }

  test.each(SHAPES)('%d×%d: no class appears that was not there, and every pixel is written', (...shape) => {
    const [height, width] = shape
    const mask = {
      data: Uint8Array.from({ length: height * width }, (_, i) => 7 + 50 * (i % 4)),
      height,
      width,
      channels: 1
    }
    for (const { params, out, partners } of drawn(shape)) {
      const others = new Array<Image>(partners).fill(mask)
      const [first, second] = [masked(mask, params, out, others, 1), masked(mask, params, out, others, 2)]
      expect(first.data).toEqual(second.data)
      for (const id of new Set(first.data)) expect([0, 7, 57, 107, 157]).toContain(id)
    }
  })

  test.each(SHAPES)('%d×%d: a point and the mask around it end in the same place', (...shape) => {
    const [height, width] = shape
    let seen = 0
    for (const { params, out, partners } of drawn(shape)) {
      for (let partner = 0; partner <= partners; partner++) {
        const frame = step.geometry.frame?.(params, shape, partner) ?? {
          left: 0,
          top: 0,
          right: out[1],
          bottom: out[0]
        }
        for (const [cx, cy] of places(shape)) {
          const marked = blank([height, width, 1])
          for (let dy = 0; dy < SIDE; dy++) {
            for (let dx = 0; dx < SIDE; dx++) marked.data[(cy + dy) * width + cx + dx] = 1
          }
          const empty = blank([height, width, 1])
          const masks = Array.from({ length: partners + 1 }, (_, i) => (i === partner ? marked : empty))
          const moved = masked(masks[0]!, params, out, masks.slice(1))
          const middle = SIDE / 2
          const corners = [0, SIDE].flatMap(dx => [0, SIDE].map(dy => [cx + dx, cy + dy] as const))
          const to = corners.map(([px, py]) => step.geometry.point(params, shape, px, py, partner))
          const inside = to.every(
            ([px, py]) => px > frame.left && px < frame.right && py > frame.top && py < frame.bottom
          )
          const found = centre(moved)
          if (!inside || found === undefined) continue
          seen++
          const [px, py] = step.geometry.point(params, shape, cx + middle, cy + middle, partner)
          expect(Math.hypot(px - found[0], py - found[1])).toBeLessThan(1.2)
        }
      }
    }
    expect(seen).toBeGreaterThan(0)
  })
})

/** Top left corners of marks, all over the image. */
function* places([height, width]: Shape): Generator<readonly [x: number, y: number]> {
  for (let y = MARGIN; y + SIDE + MARGIN < height; y += 5) {
    for (let x = MARGIN; x + SIDE + MARGIN < width; x += 5) yield [x, y]
  }
}

/** The mean place of the ones. */
function centre({ data, width }: Image): readonly [x: number, y: number] | undefined {
  let [n, x, y] = [0, 0, 0]
  for (const [i, id] of data.entries()) {
    if (id !== 1) continue
    n++
    x += (i % width) + 0.5
    y += Math.floor(i / width) + 0.5
  }
  return n === 0 ? undefined : [x / n, y / n]
}
