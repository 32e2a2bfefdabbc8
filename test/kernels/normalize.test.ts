import { expect, test } from 'vitest'
import { imageNet, normalizeInto, scalingOf } from '#dist/kernels/normalize.js'
import { randomImage } from './support.js'

test.each([1, 2, 3, 4])('%d channels: (v / 255 − mean) / std, but for the last bits', channels => {
  const mean = [0.1, 0.25, 0.5, 0.7].slice(0, channels)
  const std = [0.2, 0.3, 0.05, 0.9].slice(0, channels)
  const { data } = randomImage([8, 8, channels])
  const out = new Float32Array(data.length)
  normalizeInto(data, out, scalingOf({ mean, std }, channels))
  const expected = Float32Array.from(data, (v, i) => (v / 255 - mean[i % channels]!) / std[i % channels]!)
  const most = Math.max(...expected.map(Math.abs))
  for (const [i, value] of expected.entries()) expect(Math.abs(out[i]! - value)).toBeLessThanOrEqual(most * 2 ** -22)
})

test('one number counts for every channel', () => {
  const { scale, offset } = scalingOf({ mean: [0.5], std: [0.25] }, 3)
  expect([...scale.slice(0, 3), ...offset.slice(0, 3)]).toEqual([
    ...new Array(3).fill(Math.fround(4 / 255)),
    -2,
    -2,
    -2
  ])
})

test('identity keeps the bytes as numbers', () => {
  const { data } = randomImage([5, 7, 3])
  const out = new Float32Array(data.length)
  normalizeInto(data, out, scalingOf(undefined, 3))
  expect(out).toEqual(Float32Array.from(data))
})

test('another number of channels says what to do', () => {
  expect(() => scalingOf(imageNet, 4)).toThrow(
    'normalize: the images have 4 channels, but `mean` has 3 numbers. Give one number for all channels, or one for each.'
  )
})

test('views on shared memory, and nothing beyond them', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(40)).fill(255)
  const out = new Float32Array(new SharedArrayBuffer(160)).fill(7)
  normalizeInto(bytes.subarray(3, 33), out.subarray(5, 35), scalingOf({ mean: [0], std: [1] }, 3))
  expect([...out]).toEqual([...new Array(5).fill(7), ...new Array(30).fill(1), ...new Array(5).fill(7)])
})
