/** Mean and deviation of a data set, against sums over its decoded pixels. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  arrays,
  batch,
  type ChannelStats,
  channelStats,
  cifar10,
  InvalidOptionError,
  imageFolder,
  indexed,
  iterable,
  normalize,
  type PixelItem,
  resize,
  ShapeError,
  SourceError
} from 'millrace'
import { concat, EMPTY, filter } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { currentCodec } from '#dist/codecs/current.js'
import { small, temporaryFolder, writePhotos } from '../engine/support.js'
import { whyMissing } from '../sources/whyMissing.js'

/** Two passes in float64: first the mean, then the squares around it. */
function twoPasses(images: readonly PixelItem[]): Pick<ChannelStats, 'mean' | 'std' | 'count'> {
  const { channels } = images[0]!
  const count = images.reduce((sum, { width, height }) => sum + width * height, 0)
  const over = (c: number, f: (value: number) => number): number => {
    let sum = 0
    for (const { data } of images) for (let i = c; i < data.length; i += channels) sum += f(data[i]! / 255)
    return sum / count
  }
  const each = Array.from({ length: channels }, (_, c) => c)
  const mean = each.map(c => over(c, value => value))
  return { mean, std: each.map(c => Math.sqrt(over(c, value => (value - mean[c]!) ** 2))), count }
}

/** Images of many sizes. */
function images(n: number, channels: number): PixelItem[] {
  return Array.from({ length: n }, (_, i) => {
    const [width, height] = [1 + ((7 * i) % 23), 1 + ((5 * i) % 17)]
    const data = Uint8Array.from(
      { length: width * height * channels },
      (_, at) => (at * at + 31 * i + (at % channels) * 60) % 256
    )
    return { data, width, height, channels }
  })
}

const of = (list: readonly PixelItem[], options: object = {}) =>
  indexed({ size: list.length, at: i => ({ image: list[i]!, label: 0 }), seed: 1, ...options })

function expectClose(found: ChannelStats, expected: Pick<ChannelStats, 'mean' | 'std' | 'count'>): void {
  expect(found.count).toBe(expected.count)
  expect(found.mean.length).toBe(expected.mean.length)
  for (const [c, mean] of expected.mean.entries()) {
    expect(Math.abs(found.mean[c]! - mean)).toBeLessThan(1e-12)
    expect(Math.abs(found.std[c]! - expected.std[c]!)).toBeLessThan(1e-12)
  }
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder.path, 'photos'), 21)
})
afterAll(() => folder.remove())

describe('the numbers', () => {
  test.each([1, 3, 4])('of images of many sizes with %d channels', async channels => {
    const list = images(150, channels)
    const found = await channelStats(of(list), { workers: 2 })
    expectClose(found, twoPasses(list))
    expect(found).toMatchObject({ images: 150, faults: [] })
  })

  test('of a folder of files of many sizes and formats', async () => {
    const source = imageFolder(join(folder.path, 'photos'))
    const list: PixelItem[] = []
    for (const name of (await keysOf(source)).map(key => join(folder.path, 'photos', key))) {
      const { image } = await (await currentCodec().open({ path: name })).decode()
      list.push({ ...image, data: image.data.slice() })
    }
    expect(new Set(list.map(({ width }) => width)).size).toBeGreaterThan(5)
    expectClose(await channelStats(source), twoPasses(list))
  })

  test('do not depend on order, workers or labels', async () => {
    const list = images(140, 3)
    const found = await channelStats(of(list), { workers: 0 })
    expect(await channelStats(of(list, { shuffle: true, seed: 9, classes: 1 }), { workers: 2 })).toEqual(found)
    expect(await channelStats(of([...list].reverse()), { workers: 1 })).toEqual(found)
  })

  test('of parts, merged by their sums, are those of the whole', async () => {
    const list = images(90, 3)
    const whole = await channelStats(of(list))
    const [a, b] = await Promise.all([channelStats(of(list.slice(0, 31))), channelStats(of(list.slice(31)))])
    const count = a.count + b.count
    for (let c = 0; c < 3; c++) {
      const apart = b.mean[c]! - a.mean[c]!
      const squares = a.count * a.std[c]! ** 2 + b.count * b.std[c]! ** 2 + (apart ** 2 * a.count * b.count) / count
      expect(Math.abs(a.mean[c]! + (apart * b.count) / count - whole.mean[c]!)).toBeLessThan(1e-12)
      expect(Math.abs(Math.sqrt(squares / count) - whole.std[c]!)).toBeLessThan(1e-12)
    }
    const merged = await channelStats(concat(of(list.slice(0, 31)), of(list.slice(31))))
    expect(merged).toEqual(whole)
  })

  test('of one brightness, and of two, are exact', async () => {
    const flat = (byte: number): PixelItem => ({
      data: new Uint8Array(12).fill(byte),
      width: 4,
      height: 3,
      channels: 1
    })
    expect(await channelStats(of([flat(51), flat(51)]))).toMatchObject({ mean: [0.2], std: [0], count: 24 })
    expect(await channelStats(of([flat(0), flat(255)]))).toMatchObject({ mean: [0.5], std: [0.5], count: 24 })
  })

  test('are of the steps before; masks, boxes and more epochs do not count', async () => {
    const list = images(40, 3)
    const withMask = (i: number) => {
      const { width, height } = list[i]!
      const mask = { data: new Uint8Array(width * height), width, height, channels: 1 }
      return { image: list[i]!, label: [0.5, 0.5], mask, boxes: [{ x1: 0, y1: 0, x2: 1, y2: 1 }] }
    }
    const source = indexed({ size: 40, at: withMask, seed: 1, epochs: Infinity, shuffle: true })
    expect(await channelStats(source)).toEqual(await channelStats(of(list)))
    expect(await channelStats(of(list).pipe(resize([5, 4])))).toMatchObject({ count: 800 })
    const some = await channelStats(of(list).pipe(filter(({ index }) => index < 7)))
    expectClose(some, twoPasses(list.slice(0, 7)))
  })

  test('go into normalize', async () => {
    const { mean, std } = await channelStats(small(64))
    expect(() => normalize({ mean, std })).not.toThrow()
  })
})

const missing = await whyMissing(cifar10())

test.skipIf(missing)(
  `of CIFAR-10 are those that are known, and not the mean of the images' own ${missing}`,
  async () => {
    const { mean, std, count, images: found } = await channelStats(cifar10())
    expect([count, found]).toEqual([50_000 * 1024, 50_000])
    expect(mean.map(value => value.toFixed(4))).toEqual(['0.4914', '0.4822', '0.4465'])
    expect(std.map(value => value.toFixed(4))).toEqual(['0.2470', '0.2435', '0.2616'])
  }
)

describe('on the way', () => {
  test('progress is told, up to the end', async () => {
    const told: { done: number; total: number | undefined }[] = []
    const report = (progress: { done: number; total: number | undefined }): void => void told.push(progress)
    await channelStats(small(150, { epochs: 3 }), { onProgress: report, workers: 1 })
    expect(told).toEqual([64, 128, 150].map(done => ({ done, total: 150 })))
    told.length = 0
    await channelStats(small(151, { shard: { index: 1, count: 2 } }), { onProgress: report, workers: 1 })
    expect(told.at(-1)).toEqual({ done: 75, total: 75 })
    told.length = 0
    const items = images(3, 3).map(image => ({ image, label: 0 }))
    await channelStats(
      iterable(() => items),
      { onProgress: report, workers: 1 }
    )
    expect(told).toEqual([{ done: 3, total: undefined }])
  })

  test('a signal ends it, and the source', async () => {
    const controller = new AbortController()
    let read = 0
    const image = images(1, 3)[0]!
    const endless = iterable(function* () {
      for (;;) {
        read++
        yield { image, label: 0 }
      }
    })
    const reason = new Error('enough')
    const ended = channelStats(endless, { signal: controller.signal, onProgress: () => controller.abort(reason) })
    await expect(ended).rejects.toBe(reason)
    const after = read
    await channelStats(small(200))
    expect(read).toBe(after)
  })

  test('a broken file fails, or is skipped and listed', async () => {
    const dir = join(folder.path, 'broken')
    await writePhotos(dir, 6)
    await writeFile(join(dir, 'a', 'zz.png'), 'no picture')
    await expect(channelStats(imageFolder(dir))).rejects.toThrow(/zz\.png/)
    await expect(channelStats(imageFolder(dir))).rejects.toBeInstanceOf(SourceError)
    const found = await channelStats(imageFolder(dir), { onFault: 'skip' })
    expect(found.images).toBe(6)
    expect(found.faults).toMatchObject([{ key: 'a/zz.png', action: 'skipped' }])
  })

  test('a grey file counts as colour; grey pixels among colour are an error that names both', async () => {
    const dir = join(folder.path, 'mixed')
    await mkdir(join(dir, 'a'), { recursive: true })
    const flat = (channels: 1 | 3, byte: number) =>
      sharp(Buffer.alloc(16 * channels, byte), { raw: { width: 4, height: 4, channels } })
    await flat(3, 102).toFile(join(dir, 'a', '1.png'))
    await flat(1, 204)
      .toColourspace('b-w')
      .toFile(join(dir, 'a', '2.png'))
    const mixed = await channelStats(imageFolder(dir))
    expectClose(mixed, { mean: [0.6, 0.6, 0.6], std: [0.2, 0.2, 0.2], count: 32 })
    const error = await channelStats(of([...images(2, 3), ...images(3, 1)])).catch(error => error)
    expect(error).toBeInstanceOf(ShapeError)
    expect(error.message).toBe(
      'channelStats: sample "0" has 3 channels, but "2" has 1. Give it images that have the same channels.'
    )
  })

  test('what cannot be used is refused', async () => {
    await expect(channelStats(EMPTY)).rejects.toThrow('channelStats: not one image came')
    await expect(channelStats(small(4).pipe(batch(2)) as never)).rejects.toThrow('Give it the source before batch().')
    const wide = arrays({ images: new Uint8Array(40), labels: [0, 0], shape: [2, 2, 5], classes: 1 })
    await expect(channelStats(wide)).rejects.toThrow('may have 4 channels, but this one has 5')
    for (const [source, options] of [
      [undefined, {}],
      [small(2), { worker: 1 }],
      [small(2), { workers: -1 }],
      [small(2), { onFault: 'substitute' }],
      [small(2), { onProgress: 1 }],
      [small(2), { signal: 1 }]
    ]) {
      await expect(channelStats(source as never, options as never)).rejects.toBeInstanceOf(InvalidOptionError)
    }
  })
})

async function keysOf(source: ReturnType<typeof imageFolder>): Promise<string[]> {
  const keys: string[] = []
  await new Promise<void>((resolve, reject) =>
    source.subscribe({ next: ({ key }) => keys.push(key), error: reject, complete: resolve })
  )
  return keys
}
