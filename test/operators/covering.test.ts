/** Operators that cover or drop pixels: what they plan, and what they leave alone. */
import {
  type Batch,
  type Box,
  batch,
  channelDropout,
  cutout,
  gridMask,
  hideAndSeek,
  InvalidOptionError,
  indexed,
  type Keypoint,
  pixelDropout,
  prefetch,
  randomErasing,
  type SampleOperator
} from 'millrace'
import { lastValueFrom, map, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'

const operators: readonly (readonly [string, SampleOperator])[] = [
  ['cutout', cutout({ size: 6 })],
  ['randomErasing', randomErasing({ p: 1 })],
  ['gridMask', gridMask({ p: 1, rotate: 90 })],
  ['hideAndSeek', hideAndSeek()],
  ['pixelDropout', pixelDropout({ scale: true, fill: 'noise' })],
  ['channelDropout', channelDropout({ rate: 0.7, fill: [1, 2, 3] })]
]

const [height, width] = [14, 18]
const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => 40 + (i % 199))
const mask = Uint8Array.from({ length: height * width }, (_, i) => i % 5)
const boxes: readonly Box[] = [{ x1: 1, y1: 2, x2: 9, y2: 8, label: 3 }]
const keypoints: readonly Keypoint[] = [{ x: 4.5, y: 5.5, label: 1 }]

const source = indexed({
  size: 12,
  at: i => ({
    image: { data: pixels, width, height, channels: 3 },
    mask: { data: mask, width, height, channels: 1 },
    boxes,
    keypoints,
    label: i % 4
  }),
  classes: 4,
  seed: 3
})

function copyOf(made: Batch) {
  const { images, labels, masks, boxes, keypoints } = made
  const copy = { images: images.slice(), labels: labels.slice(), masks: masks!.slice(), boxes, keypoints }
  made.release()
  return copy
}

describe.each(operators)('%s', (name, operator) => {
  const made = async (workers: number) => {
    const batches = source.pipe(operator, batch(12), prefetch(2, { workers }), map(copyOf), toArray())
    return (await lastValueFrom(batches))[0]!
  }

  test('changes pixels; labels, masks, boxes and keypoints stay', async () => {
    const { images, labels, masks, boxes: found, keypoints: points } = await made(0)
    const changed = Array.from({ length: 12 }, (_, i) => images.subarray(i * pixels.length, (i + 1) * pixels.length))
    expect(changed.filter(image => image.some((byte, at) => byte !== pixels[at])).length).toBeGreaterThan(7)
    expect(new Set(changed.map(image => image.join())).size).toBeGreaterThan(name === 'channelDropout' ? 2 : 7)
    expect([...labels]).toEqual(Array.from({ length: 48 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4)))
    for (let i = 0; i < 12; i++) expect(masks.subarray(i * mask.length, (i + 1) * mask.length)).toEqual(mask)
    expect(found).toEqual(new Array(12).fill(boxes))
    expect(points).toEqual(new Array(12).fill(keypoints))
  })

  test('the same in a worker; the pixels of the source stay as they are', async () => {
    const before = pixels.slice()
    expect(await made(1)).toEqual(await made(0))
    expect(pixels).toEqual(before)
  })
})

test.each([
  ['randomErasing', randomErasing(), { scale: [0.02, 0.33], ratio: [0.3, 3.3], fill: 'mean', p: 0.5 }],
  ['gridMask', gridMask(), { unit: 'side', ratio: 0.6, rotate: 0, fill: 'mean', p: 0.8, rampEpochs: 0 }],
  [
    'gridMask',
    gridMask({ unit: [4, 8] }),
    { unit: [4, 8], ratio: 0.6, rotate: 0, fill: 'mean', p: 0.8, rampEpochs: 0 }
  ],
  ['hideAndSeek', hideAndSeek(), { size: 'quarter', rate: 0.5, fill: 'mean', p: 1 }],
  ['hideAndSeek', hideAndSeek({ size: 16 }), { size: [16], rate: 0.5, fill: 'mean', p: 1 }],
  ['hideAndSeek', hideAndSeek({ size: [0, 16], fill: 7 }), { size: [0, 16], rate: 0.5, fill: 7, p: 1 }],
  ['pixelDropout', pixelDropout(), { rate: 0.2, perChannel: false, scale: false, fill: 'mean', p: 1 }],
  ['channelDropout', channelDropout(), { rate: 0.2, keepOne: true, scale: false, fill: 'mean', p: 1 }]
])('%s plans its options, with defaults', (name, operator, options) => {
  expect(operator.step).toEqual({ name, options })
})

test("the caller's lists may change afterwards", () => {
  const [unit, size, fill, scale] = [[4, 8] as [number, number], [4], [1, 2, 3], [0.1, 0.2] as [number, number]]
  const steps = [gridMask({ unit }), hideAndSeek({ size, fill }), randomErasing({ scale })].map(({ step }) => step)
  for (const list of [unit, size, fill, scale]) list[0] = 99
  expect(JSON.stringify(steps)).not.toContain('99')
})

test.each<[string, () => unknown]>([
  ['randomErasing: `scale`', () => randomErasing({ scale: [0.5, 1.5] })],
  ['randomErasing: `ratio` must be a pair [low, high] of numbers above 0', () => randomErasing({ ratio: [0, 1] })],
  ['randomErasing: `p`', () => randomErasing({ p: 1.5 })],
  ['randomErasing: `value` must be one of the options', () => randomErasing({ value: 0 } as never)],
  ['gridMask: `unit` must be a pair', () => gridMask({ unit: [1, 4] })],
  ['gridMask: `unit[1]` must be a whole number', () => gridMask({ unit: [2, 4.5] })],
  ['gridMask: `ratio`', () => gridMask({ ratio: -0.1 })],
  ['gridMask: `rotate`', () => gridMask({ rotate: 400 })],
  ['gridMask: `rampEpochs`', () => gridMask({ rampEpochs: 0.5 })],
  ['hideAndSeek: `size` must be a whole number', () => hideAndSeek({ size: -1 })],
  ['hideAndSeek: `size` must be a side', () => hideAndSeek({ size: [] })],
  ['hideAndSeek: `size[1]`', () => hideAndSeek({ size: [4, 0.5] })],
  ['hideAndSeek: `rate`', () => hideAndSeek({ rate: 2 })],
  ['pixelDropout: `rate` must be a finite number between 0 and 1, but is -0.1', () => pixelDropout({ rate: -0.1 })],
  ['pixelDropout: `rate` must be a finite number between 0 and 1, but is 1.1', () => pixelDropout({ rate: 1.1 })],
  ['pixelDropout: `rate` must be below 1', () => pixelDropout({ rate: 1, scale: true })],
  ['pixelDropout: `perChannel`', () => pixelDropout({ perChannel: 1 as never })],
  ['pixelDropout: `fill` must be a whole number between 0 and 255', () => pixelDropout({ fill: 'black' as never })],
  ['channelDropout: `rate`', () => channelDropout({ rate: Number.NaN })],
  ['channelDropout: `keepOne`', () => channelDropout({ keepOne: 'yes' as never })],
  ['channelDropout: `scale`', () => channelDropout({ scale: 2 as never })],
  ['channelDropout: `fill[2]`', () => channelDropout({ fill: [1, 2, 300] })]
])('%s', (message, call) => {
  expect(call).toThrow(InvalidOptionError)
  expect(call).toThrow(message)
})
