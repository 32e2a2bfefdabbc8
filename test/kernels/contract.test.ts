/** What every registered step must hold to. */

import { describe, expect, test } from 'vitest'
import { batchStepNames, findBatchStep, findSampleStep, sampleStepNames } from '#dist/kernels/registry.js'
import type { BatchBuffers, Image, PartnerSource, SampleFacts, SampleStep, Shape } from '#dist/kernels/step.js'
import { batchExamples, type SampleExample, sampleExamples } from './examples.js'
import { batchOf, blank, copyOf, labelsOf, randomImage, rngFor, shapeOf } from './support.js'
import { originOf, traced, tracedTargets } from './traced.js'

const sampleShapes: readonly Shape[] = [
  [12, 9, 3],
  [13, 21, 1],
  [12, 12, 4]
]
const batchShapes: readonly BatchBuffers['shape'][] = [
  [4, 7, 5, 3],
  [3, 8, 12, 1],
  [1, 6, 6, 4]
]
const POSITIONS = 12

/** What stands before and after memory that a step may write to. */
const guard = 'aa'.repeat(32)

test('every registered step has examples', () => {
  expect(Object.keys(sampleExamples).sort()).toEqual([...sampleStepNames()].sort())
  expect(Object.keys(batchExamples).sort()).toEqual([...batchStepNames()].sort())
})

describe.each([...sampleStepNames()])('%s', name => {
  const step = findSampleStep(name)!
  const example: SampleExample = sampleExamples[name] ?? { options: [] }

  const shapes = sampleShapes.filter(([, , channels]) => (example.colors ?? channels) === channels)
  describe.each(shapes)('%d×%d×%d', (...shape) => {
    const image = randomImage(shape, 1)
    const cases = () => casesOf(step, example.options, shape)

    test('the options draw something', () => {
      for (const options of example.options) {
        expect(casesOf(step, [options], shape).length, JSON.stringify(options)).toBeGreaterThan(0)
      }
    })

    test('the same place draws the same parameters, which are plain data', () => {
      for (const { options, position, params } of cases()) {
        expect(drawAt(step, options, shape, position).params).toEqual(params)
        expect(JSON.parse(JSON.stringify(params))).toEqual(params)
        expect(structuredClone(params)).toEqual(params)
      }
    })

    test('a step that is not random draws the same anywhere', () => {
      if (step.random !== false) return
      for (const options of example.options) {
        const drawn = casesOf(step, [options], shape).map(({ params }) => JSON.stringify(params))
        expect(new Set(drawn).size).toBe(1)
      }
    })

    test('a step that is random draws different things', () => {
      if (step.random === false) return
      const drawn = Array.from({ length: 40 }, (_, position) =>
        JSON.stringify(drawAt(step, example.options[0]!, shape, position))
      )
      expect(new Set(drawn).size).toBeGreaterThan(1)
    })

    test('the size is the one that was announced', () => {
      for (const { options, params } of cases()) {
        const [height, width, channels] = outShape(step, params, shape)
        expect([height, width, channels].every(n => Number.isInteger(n) && n > 0)).toBe(true)
        const fixed = step.fixedSize?.(options)
        if (fixed !== undefined) expect([height, width]).toEqual([...fixed])
      }
    })

    test('every byte of the result is written, and no byte of the image', () => {
      for (const { params, partners } of cases()) {
        const before = hex(image.data)
        const [first, second] = [0xaa, 0x55].map(byte => hex(into(step, image, params, byte, partners).data))
        expect(first).toBe(second)
        expect(hex(image.data)).toBe(before)
      }
    })

    test('nothing outside the result is written', () => {
      for (const { params, partners } of cases()) {
        const [height, width, channels] = outShape(step, params, shape)
        const memory = new Uint8Array(new SharedArrayBuffer(height * width * channels + 64)).fill(0xaa)
        const data = memory.subarray(32, memory.length - 32)
        step.apply(image, params, { data, height, width, channels }, partners)
        expect(hex(memory)).toBe(`${guard}${hex(into(step, image, params, 0, partners).data)}${guard}`)
      }
    })

    test('in place gives the same, where the step says that it can', () => {
      if (step.inPlace !== true) return
      for (const { params, partners } of cases()) {
        expect(outShape(step, params, shape)).toEqual(shape)
        const same = { ...image, data: image.data.slice() }
        step.apply(same, params, same, partners)
        expect(hex(same.data)).toBe(hex(into(step, image, params, 0, partners).data))
      }
    })

    test('settings that switch it off leave every bit', () => {
      for (const options of example.identity?.(shape) ?? []) {
        for (let position = 0; position < POSITIONS; position++) {
          const { params, partners } = drawAt(step, options, shape, position)
          if (params !== undefined) expect(into(step, image, params, 0, partners)).toEqual(image)
        }
      }
    })
  })
})

describe.each([...batchStepNames()])('%s', name => {
  const step = findBatchStep(name)!
  const example = batchExamples[name] ?? { options: [], identity: [] }
  const draw = (options: object, shape: BatchBuffers['shape'], position: number) =>
    step.draw(rngFor(name, position), options, shape, factsOf([shape[1], shape[2], shape[3]]))

  describe.each(batchShapes)('%d images of %d×%d×%d', (...shape) => {
    const batch = bytesOf(shape)
    const cases = () =>
      example.options.flatMap(options =>
        Array.from({ length: POSITIONS }, (_, position) => ({
          options,
          position,
          params: draw(options, shape, position)
        })).filter(({ params }) => params !== undefined)
      )

    test('the same place draws the same parameters, which are plain data', () => {
      expect(cases().length).toBeGreaterThan(0)
      for (const { options, position, params } of cases()) {
        expect(draw(options, shape, position)).toEqual(params)
        expect(JSON.parse(JSON.stringify(params))).toEqual(params)
      }
    })

    test('the same parameters give the same bytes, whatever was made before', () => {
      for (const { params } of cases()) {
        const [first, second] = [copyOf(batch), copyOf(batch)]
        step.apply(first, params)
        step.apply(
          bytesOf([5, 20, 20, 3]),
          example.options.length ? draw(example.options[0]!, [5, 20, 20, 3], 1) : params
        )
        step.apply(second, params)
        expect(second).toEqual(first)
      }
    })

    test('labels stay weights: not negative, with a sum of 1', () => {
      for (const { params } of cases()) {
        const mixed = copyOf(batch)
        step.apply(mixed, params)
        for (const label of labelsOf(mixed)) {
          expect(Math.min(...label)).toBeGreaterThanOrEqual(0)
          expect(Math.abs(label.reduce((sum, x) => sum + x, 0) - 1)).toBeLessThanOrEqual(1e-6)
        }
      }
    })

    test('bytes and floats agree to half a grey level, and have the same labels', () => {
      for (const { params } of cases()) {
        const bytes = copyOf(batch)
        const floats = { ...copyOf(batch), images: Float32Array.from(batch.images) }
        step.apply(bytes, params)
        step.apply(floats, params)
        const distance = Array.from(bytes.images).reduce(
          (most, x, i) => Math.max(most, Math.abs(x - floats.images[i]!)),
          0
        )
        expect(distance).toBeLessThanOrEqual(example.scales === true ? 1.00001 : 0.50001)
        expect(floats.labels).toEqual(bytes.labels)
        expect(floats.masks).toEqual(bytes.masks)
      }
    })

    test('nothing outside the batch is written', () => {
      for (const { params } of cases()) {
        const memory = new Uint8Array(new SharedArrayBuffer(batch.images.length + 64)).fill(0xaa)
        const rows = new Float32Array(new SharedArrayBuffer(4 * (batch.labels.length + 8))).fill(7)
        const ids = new Uint8Array(new SharedArrayBuffer(batch.masks.length + 64)).fill(0xaa)
        const inside = {
          ...batch,
          images: memory.subarray(32, -32),
          labels: rows.subarray(4, -4),
          masks: ids.subarray(32, -32)
        }
        inside.images.set(batch.images)
        inside.labels.set(batch.labels)
        inside.masks.set(batch.masks)
        step.apply(inside, params)
        expect(hex(memory)).toBe(`${guard}${hex(inside.images)}${guard}`)
        expect(hex(ids)).toBe(`${guard}${hex(inside.masks)}${guard}`)
        expect([...rows.subarray(0, 4), ...rows.subarray(-4)]).toEqual(new Array(8).fill(7))
      }
    })

    test('settings that switch it off leave every bit', () => {
      for (const options of example.identity) {
        for (let position = 0; position < POSITIONS; position++) {
          const params = draw(options, shape, position)
          const same = copyOf(batch)
          if (params !== undefined) step.apply(same, params)
          expect(same).toEqual(batch)
        }
      }
    })
  })

  describe('where pixels come from', () => {
    const shape = [3, 8, 10, 3] as const
    const cases = () =>
      example.options
        .flatMap(options => Array.from({ length: 2 * POSITIONS }, (_, position) => draw(options, shape, position)))
        .filter(params => params !== undefined)

    test('a class id is that of the very pixel, and none is blended', () => {
      if (step.masks !== true) return
      for (const params of cases()) {
        const batch = traced(shape)
        step.apply(batch, params)
        const wrong = [...batch.masks].filter((id, i) => {
          const { row, x, y } = originOf(id, shape)
          const [ofRow, ofX, ofY] = batch.images.subarray(3 * i, 3 * i + 3)
          const distance = Math.max(Math.abs(x + 0.5 - ofX!), Math.abs(y + 0.5 - ofY!))
          return Math.abs(row - ofRow!) > 1e-4 || distance > (example.scales === true ? 2 : 0)
        })
        expect(wrong).toEqual([])
      }
    })

    test('boxes and keypoints are on the very pixels', () => {
      if (step.masks !== true || step.targets === undefined) return
      for (const params of cases()) {
        const batch = traced(shape)
        step.apply(batch, params)
        step.targets(params, shape, tracedTargets(shape)).forEach(({ boxes, keypoints }, row) => {
          const ids = batch.masks.subarray(80 * row, 80 * (row + 1))
          const seen = keypoints.filter(point => point.visible !== false)
          const under = seen.map(({ x, y }) => ids[10 * Math.floor(y) + Math.floor(x)]!)
          const rows = (list: readonly number[]) => list.map(id => originOf(id, shape).row)
          expect(rows(seen.map(point => point.label!))).toEqual(rows(under))
          expect(boxes.map(({ label, x1, x2, y1, y2 }) => [label, (x1 + x2) / 2, (y1 + y2) / 2])).toEqual(
            seen.map(({ label, x, y }) => [label, expect.closeTo(x, 10), expect.closeTo(y, 10)])
          )
          if (example.scales === true) return
          expect(seen.map(point => point.label)).toEqual(under)
          expect(new Set(seen.map(({ x, y }) => `${x} ${y}`)).size).toBe(80)
          expect(seen.length).toBe(80)
        })
      }
    })
  })
})

/** Everything that these settings draw at the first places, but for the times when nothing is to be done. */
function casesOf(step: SampleStep, settings: readonly object[], shape: Shape) {
  const positions = step.random === false ? 2 : POSITIONS
  return settings.flatMap(options =>
    Array.from({ length: positions }, (_, position) => ({
      options,
      position,
      ...drawAt(step, options, shape, position)
    })).filter(({ params }) => params !== undefined)
  )
}

/** What is drawn at a place, and images of the same shape for the partners that the step asks for. */
function drawAt(step: SampleStep, options: object, shape: Shape, position: number) {
  const facts = factsOf(shape)
  const places = step.partners?.(rngFor(`${step.name} partners`, position), options, facts, others) ?? []
  const partners = places.map(place => randomImage(shape, 100 + place))
  return {
    params: step.draw(rngFor(step.name, position), options, shape, facts, partners.map(shapeOf)),
    places,
    partners
  }
}

/** A data set of 24 samples in 4 classes. */
const others: PartnerSource = {
  size: 24,
  own: 5,
  classes: [0, 1, 2, 3].map(label => Uint32Array.from({ length: 6 }, (_, i) => label + 4 * i))
}

function outShape(step: SampleStep, params: unknown, shape: Shape): Shape {
  return step.outShape?.(params, shape) ?? shape
}

/** Applies a step into memory that was filled with a byte. */
function into(step: SampleStep, image: Image, params: unknown, byte: number, partners: readonly Image[]): Image {
  const out = blank(outShape(step, params, shapeOf(image)), byte)
  step.apply(image, params, out, partners)
  return out
}

/** Bytes as text, which is compared much faster than arrays are. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function factsOf([, , channels]: Shape): SampleFacts {
  const mean = [0.4, 0.5, 0.6, 0.7].slice(0, channels)
  return { epoch: 0, label: 1, mean, std: mean.map(x => x / 2), classes: 4 }
}

/** A batch of noise, with masks. */
function bytesOf([n, height, width, channels]: BatchBuffers['shape']) {
  const batch = batchOf(randomImage([n * height, width, channels], 3).data, [n, height, width, channels])
  return { ...batch, masks: randomImage([n * height, width, 1], 4).data }
}
