/** Masks, boxes and keypoints move as the pixels do. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  arrays,
  type Batch,
  type Box,
  batch,
  cache,
  centerCrop,
  cutout,
  indexed,
  type Keypoint,
  labelSmoothing,
  mapPixels,
  mixUp,
  mosaic,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  resize,
  type SampleItem,
  type SampleOperator,
  toAsyncIterable
} from 'millrace'
import type { Observable } from 'rxjs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support.js'

const HEIGHT = 20
const WIDTH = 30

/** A bright rectangle on black; the mask is 1 there, a box is around it, a keypoint on one of its pixels. */
function item(i: number): SampleItem & { boxes: readonly Box[]; keypoints: readonly Keypoint[] } {
  const [x1, y1, x2, y2] = [3 + (i % 5), 2 + (i % 4), 14 + (i % 7), 9 + (i % 6)]
  const bright = Uint8Array.from({ length: HEIGHT * WIDTH }, (_, at) => {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)]
    return x >= x1 && x < x2 && y >= y1 && y < y2 ? 1 : 0
  })
  return {
    image: { data: bright.map(value => 255 * value), width: WIDTH, height: HEIGHT, channels: 1 },
    mask: { data: bright, width: WIDTH, height: HEIGHT, channels: 1 },
    boxes: [{ x1, y1, x2, y2, label: i }],
    keypoints: [{ x: x1 + 1.5, y: y1 + 1.5, label: 2 }],
    label: 0
  }
}

const source = (options: object = {}) => indexed({ size: 40, at: item, classes: 2, seed: 4, ...options })

/** Copies of what is in the batches. */
async function made(batches: Observable<Batch>) {
  const all: {
    images: Uint8Array
    masks: Uint8Array
    boxes: Batch['boxes']
    keypoints: Batch['keypoints']
    shape: Batch['shape']
  }[] = []
  for await (const { images, masks, boxes, keypoints, shape } of toAsyncIterable(batches)) {
    all.push({ images: images.slice() as Uint8Array, masks: masks!.slice(), boxes, keypoints, shape })
  }
  return all
}

const geometric: Readonly<Record<string, SampleOperator>> = {
  resize: resize([13, 41]),
  centerCrop: centerCrop([12, 16]),
  randomCrop: randomCrop([16, 24], { padding: 4 }),
  randomResizedCrop: randomResizedCrop([24, 18]),
  'randomFlip horizontal': randomFlip(),
  'randomFlip vertical': randomFlip({ direction: 'vertical' }),
  cutout: cutout({ size: 2, fill: 0 })
}

describe.each(Object.entries(geometric))('%s', (name, operator) => {
  test('the mask, the box and the keypoint are where the pixels are', async () => {
    let boxes = 0
    for (const { images, masks, boxes: boxLists, keypoints, shape } of await made(
      source().pipe(operator, batch(8), prefetch())
    )) {
      const [n, height, width] = shape
      for (let i = 0; i < n; i++) {
        const at = (x: number, y: number) => i * height * width + y * width + x
        const ids = masks.subarray(at(0, 0), at(0, height))
        expect(new Set(ids).size).toBeLessThanOrEqual(2)
        // Where the image is clearly bright or dark, the mask agrees.
        let wrong = 0
        for (let p = 0; p < ids.length; p++) {
          const byte = images[at(0, 0) + p]!
          if (byte > 230 && ids[p] !== 1) wrong++
          if (byte < 25 && ids[p] !== 0) wrong++
        }
        expect(wrong).toBeLessThanOrEqual(name === 'cutout' ? 4 : 0)
        for (const { x1, y1, x2, y2 } of boxLists![i]!) {
          boxes++
          expect(Math.min(x1, y1)).toBeGreaterThanOrEqual(0)
          expect(x2).toBeLessThanOrEqual(width)
          expect(y2).toBeLessThanOrEqual(height)
          expect(around(ids, width)).toSatisfy((found: number[]) =>
            found.every((side, k) => Math.abs(side - [x1, y1, x2, y2][k]!) <= 1)
          )
        }
        const [point] = keypoints![i]!
        if (point!.visible !== false) expect(ids[Math.floor(point!.y) * width + Math.floor(point!.x)]).toBe(1)
      }
    }
    expect(boxes).toBeGreaterThan(20)
  })
})

/** The box around the ones of a mask. */
function around(ids: Uint8Array, width: number): number[] {
  const ones = [...ids.keys()].filter(p => ids[p] === 1)
  const xs = ones.map(p => p % width)
  const ys = ones.map(p => Math.floor(p / width))
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1]
}

test('a box that is cut off is dropped, a keypoint outside is flagged; labels go along', async () => {
  const one = indexed({
    size: 1,
    at: () => ({
      image: { data: new Uint8Array(100), width: 10, height: 10, channels: 1 },
      mask: { data: new Uint8Array(100), width: 10, height: 10, channels: 1 },
      boxes: [
        { x1: 0, y1: 0, x2: 3.2, y2: 10, label: 1 },
        { x1: 0, y1: 4, x2: 5, y2: 6, label: 2 }
      ],
      keypoints: [
        { x: 1, y: 5, label: 7 },
        { x: 4.5, y: 4.5, label: 8 }
      ],
      label: 0
    }),
    classes: 1,
    seed: 1
  })
  const [all] = await made(one.pipe(centerCrop(4), batch(1), prefetch()))
  expect(all!.boxes).toEqual([[{ x1: 0, y1: 1, x2: 2, y2: 3, label: 2 }]])
  expect(all!.keypoints).toEqual([
    [
      { x: -2, y: 2, label: 7, visible: false },
      { x: 1.5, y: 1.5, label: 8 }
    ]
  ])
})

test('the same with any number of workers; normalize and labelSmoothing leave them alone', async () => {
  const plans = () =>
    source({ shuffle: true }).pipe(
      randomResizedCrop(16),
      randomFlip(),
      batch(7),
      normalize({ mean: [0.5], std: [0.5] }),
      labelSmoothing(0.1)
    )
  const [none, two] = [
    await made(plans().pipe(prefetch(2, { workers: 0 }))),
    await made(plans().pipe(prefetch(3, { workers: 2 })))
  ]
  expect(two).toEqual(none)
})

test('masks of arrays', async () => {
  const images = Uint8Array.from({ length: 4 * 5 * 6 }, (_, i) => i)
  const options = { images, labels: [0, 1, 0, 1], shape: [5, 6, 1], classes: 2, seed: 1 } as const
  const [all] = await made(arrays({ ...options, masks: images }).pipe(randomFlip(), batch(4), prefetch()))
  expect(all!.masks).toEqual(all!.images)
  expect(() => arrays({ ...options, masks: images.subarray(1) })).toThrow(/`masks.length` must be 120, one byte/)
})

test('masks from files keep their class ids, and what would not is refused', async () => {
  const { path, remove } = await temporaryFolder()
  const file = (name: string) => join(path, name)
  const ids = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256)
  const raw = { raw: { width: 8, height: 8, channels: 1 as const } }
  await sharp(ids, raw).toColourspace('b-w').png().toFile(file('grey.png'))
  await sharp(ids, raw).png().toFile(file('three.png'))
  await sharp(ids, raw).jpeg().toFile(file('mask.jpg'))
  await sharp(ids, raw).png({ palette: true }).toFile(file('palette.png'))
  await sharp(
    Uint8Array.from({ length: 192 }, (_, i) => i),
    { raw: { width: 8, height: 8, channels: 3 } }
  )
    .png()
    .toFile(file('rgb.png'))
  await writeFile(file('empty.png'), '')
  const of = (mask: string, size = 8) =>
    indexed({
      size: 1,
      at: () => ({
        image: { data: new Uint8Array(size * size), width: size, height: size, channels: 1 },
        mask: file(mask),
        label: 0
      }),
      classes: 1,
      seed: 1
    }).pipe(batch(1), prefetch())
  expect((await made(of('grey.png')))[0]!.masks).toEqual(ids)
  expect((await made(of('three.png')))[0]!.masks).toEqual(ids)
  await expect(made(of('mask.jpg'))).rejects.toThrow(/JPEG, which does not keep class ids/)
  await expect(made(of('palette.png'))).rejects.toThrow(/palette|8-bit grey/)
  await expect(made(of('rgb.png'))).rejects.toThrow(/holds colours/)
  await expect(made(of('empty.png'))).rejects.toThrow(/empty/)
  await expect(made(of('none.png'))).rejects.toThrow(/does not exist/)
  await expect(made(of('grey.png', 9))).rejects.toThrow(/the mask is 8×8 .* but its image is 9×9/)
  await remove()
})

test('what cannot move them says so', async () => {
  await expect(made(source().pipe(batch(4), mixUp(), prefetch()))).rejects.toThrow(
    /mixUp: it cannot mix images that have masks/
  )
  await expect(
    made(
      source().pipe(
        mapPixels(image => image),
        batch(4),
        prefetch()
      )
    )
  ).rejects.toThrow(/cannot go through it/)
  await expect(made(source().pipe(cache({ maxBytes: 1e6 }), batch(4), prefetch()))).rejects.toThrow(
    /cannot go through it/
  )
  const some = indexed({ size: 4, at: i => (i < 2 ? item(i) : { ...item(i), boxes: undefined }), classes: 1, seed: 1 })
  await expect(made(some.pipe(batch(4), prefetch()))).rejects.toThrow(/sample "2" has no `boxes`/)
  const wrong = indexed({ size: 1, at: () => ({ ...item(0), boxes: [{ x: 1 }] as never }), classes: 1, seed: 1 })
  await expect(made(wrong.pipe(batch(1), prefetch()))).rejects.toThrow(
    /a list of \{ x1, y1, x2, y2, label\? \} as `boxes`/
  )
})

test('mosaic: masks, boxes and keypoints of all four, each in its quarter', async () => {
  let boxCount = 0
  for (const { images, masks, boxes, keypoints, shape } of await made(
    source({ shuffle: true }).pipe(mosaic([64, 80]), batch(8), prefetch())
  )) {
    const [n, height, width] = shape
    for (let i = 0; i < n; i++) {
      const at = i * height * width
      let wrong = 0
      for (let p = 0; p < height * width; p++) {
        if (images[at + p]! > 230 && masks[at + p] !== 1) wrong++
        if (images[at + p]! < 25 && masks[at + p] !== 0) wrong++
      }
      expect(wrong).toBe(0)
      expect(keypoints![i]).toHaveLength(4)
      for (const { x, y, visible } of keypoints![i]!) {
        if (visible !== false) expect(masks[at + Math.floor(y) * width + Math.floor(x)]).toBe(1)
      }
      for (const { x1, y1, x2, y2 } of boxes![i]!) {
        boxCount++
        // The whole box is of the bright thing, but for its outermost pixels.
        for (let y = Math.ceil(y1) + 1; y < Math.floor(y2) - 1; y++) {
          for (let x = Math.ceil(x1) + 1; x < Math.floor(x2) - 1; x++) expect(masks[at + y * width + x]).toBe(1)
        }
      }
    }
  }
  expect(boxCount).toBeGreaterThan(60)
})
