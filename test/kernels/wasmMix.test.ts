/** Blending and normalising in WebAssembly give the bits of those in TypeScript. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blendImages, UNIT } from '#dist/kernels/blend.js'
import { imageNet, normalizeInto, PERIOD, type Scaling, scalingOf } from '#dist/kernels/normalize.js'
import { drawPartners } from '#dist/kernels/partners.js'
import type { BatchBuffers } from '#dist/kernels/step.js'
import { type BatchKernels, fixedMemory, kernelsOn } from '#dist/kernels/wasm/module.js'
import { randomImage, rngFor } from './support.js'

const memory = fixedMemory(1 << 20)
const wasm = kernelsOn(memory)!

/** Images in the memory of the kernels, with a place for floats and one for another image. */
function batchIn(shape: BatchBuffers['shape'], toFloats: boolean, kernels: BatchKernels | undefined): BatchBuffers {
  const [n, height, width, channels] = shape
  const size = height * width * channels
  const { data } = randomImage([n * height, width, channels], size)
  const images = new Uint8Array(memory.buffer, 256, data.length)
  images.set(data)
  const at = 256 + 64 * Math.ceil(data.length / 64)
  const values = new Float32Array(memory.buffer, at, data.length).fill(7)
  return {
    images,
    shape,
    labels: new Float32Array(0),
    labelWidth: 0,
    spare: new Uint8Array(memory.buffer, at + values.byteLength, size),
    floats: toFloats ? { images: values, scaling: inMemory(channels) } : undefined,
    wasm: kernels
  }
}

function inMemory(channels: number): Scaling {
  const scaling = scalingOf(channels === 3 ? imageNet : { mean: [0.4], std: [0.3] }, channels)
  if (scaling.scale.length !== PERIOD) return scaling
  const place = new Float32Array(memory.buffer, 64, 2 * PERIOD)
  place.set(scaling.scale)
  place.set(scaling.offset, PERIOD)
  return { ...scaling, scale: place.subarray(0, PERIOD), offset: place.subarray(PERIOD) }
}

const bytesOf = (values: Uint8Array | Float32Array): Buffer => Buffer.from(values.slice().buffer as ArrayBuffer)

const side = fc.integer({ min: 1, max: 15 })
const shape = fc.tuple(fc.integer({ min: 1, max: 6 }), side, side, fc.integer({ min: 1, max: 5 }))

test('there are kernels for the memory of a batch', () => {
  expect(wasm).toBeDefined()
  expect(kernelsOn({ buffer: new SharedArrayBuffer(64) })).toBeUndefined()
})

test('batches of any shape, blended into bytes or into normalised floats', () => {
  fc.assert(
    fc.property(shape, fc.boolean(), fc.constantFrom('permutation', 'reverse', 'roll'), (of, toFloats, policy) => {
      const rng = rngFor('weights', of[1])
      const partners = drawPartners(rng, policy as 'roll', of[0])
      const weights = partners.map(() => [0, 1, 1 / UNIT, 1 - 1 / UNIT, rng.int(UNIT) / UNIT][rng.int(5)]!)
      const results = [undefined, wasm].map(kernels => {
        const batch = batchIn(of, toFloats, kernels)
        blendImages(batch, partners, row => weights[row]!)
        expect(batch.images instanceof Float32Array).toBe(toFloats)
        return bytesOf(batch.images)
      })
      return Buffer.compare(results[0]!, results[1]!) === 0
    }),
    { numRuns: 300 }
  )
})

test('normalising writes what it should, and nothing beyond', () => {
  fc.assert(
    fc.property(shape, of => {
      const results = [undefined, wasm].map(kernels => {
        const { images, floats } = batchIn(of, true, kernels)
        const count = images.length - of[3]
        normalizeInto(
          images.subarray(0, count) as Uint8Array,
          floats!.images.subarray(0, count),
          floats!.scaling,
          kernels
        )
        expect([...floats!.images.subarray(count)]).toEqual(new Array(of[3]).fill(7))
        return bytesOf(floats!.images)
      })
      return Buffer.compare(results[0]!, results[1]!) === 0
    })
  )
})
