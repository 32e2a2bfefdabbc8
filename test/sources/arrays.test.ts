import { describe, expect, test } from 'vitest'
import { arrays } from '#dist/sources/arrays.js'
import { collect } from './collect.js'

const images = Uint8Array.from({ length: 24 }, (_, i) => i)

describe('arrays', () => {
  test('cuts images out of one shared copy', async () => {
    const own = Uint8Array.from(images)
    const source = arrays({ images: own, labels: [1, 0], shape: [2, 2, 3], classes: 2 })
    own.fill(99)
    const samples = await collect(source)
    const pixels = samples.map(({ image }) =>
      image.kind === 'pixels' ? [...new Uint8Array(image.buffer, image.offset, 12)] : []
    )
    expect(pixels).toEqual([[...images.subarray(0, 12)], [...images.subarray(12)]])
    expect(samples.map(s => s.label)).toEqual([1, 0])
    expect(samples[0]!.image).toMatchObject({ width: 2, height: 2, channels: 3 })
    expect(samples[0]!.info).toMatchObject({ name: 'arrays', size: 2, classes: 2, shape: [2, 2, 3], mean: undefined })
  })

  test('does not copy what is shared already', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(30), 6)
    const [first, second] = await collect(arrays({ images: shared, labels: new Int32Array(2), shape: [2, 2, 3] }))
    expect(first!.image).toMatchObject({ buffer: shared.buffer, offset: 6 })
    expect(second!.image).toMatchObject({ buffer: shared.buffer, offset: 18 })
  })

  test('takes labels as classes or as vectors', async () => {
    const labels = async (given: never) =>
      (await collect(arrays({ images, labels: given, shape: [2, 2, 3] }))).map(s => s.label)
    expect(await labels(Uint8Array.of(4, 5) as never)).toEqual([4, 5])
    expect(await labels(Float32Array.of(1, 2, 3, 4) as never)).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)])
    expect(await labels([[1], [2]] as never)).toEqual([Float32Array.of(1), Float32Array.of(2)])
    expect(await labels([Float32Array.of(1), Float32Array.of(2)] as never)).toEqual([
      Float32Array.of(1),
      Float32Array.of(2)
    ])
  })

  test('is told from others by shape and labels', async () => {
    const of = async (options: object) =>
      (await arrays({ images, labels: [0, 1], shape: [2, 2, 3], ...options } as never).info()).fingerprint
    const all = [
      await of({}),
      await of({ labels: [1, 1] }),
      await of({ shape: [4, 1, 3] }),
      await of({ labels: [[0], [1]] })
    ]
    expect(new Set(all).size).toBe(4)
    expect(await of({ images: new Uint8Array(24) })).toBe(all[0])
  })

  test.each([
    [{ images: [1, 2] }, '`images` must be a Uint8Array of n × height × width × channels bytes'],
    [{ images: new Uint8Array(25) }, '`images.length` must be a multiple of 12, the bytes of an image, but is 25'],
    [{ images: new Uint8Array(0) }, '`images.length` must be a multiple of 12'],
    [{ shape: [2, 2] }, '`shape` must be a list [height, width, channels]'],
    [{ shape: [2, 0, 3] }, '`shape[1]` must be a whole number of at least 1'],
    [{ labels: [0] }, '`labels.length` must be 2, the number of images, but is 1'],
    [{ labels: new Float32Array(3) }, '`labels.length` must be a multiple of 2'],
    [{ labels: 'ab' }, '`labels` must be a class index for each image'],
    [{ labels: [[1], [1, 2]] }, '`labels` must be'],
    [{ labels: ['a', 'b'] }, '`labels` must be']
  ])('%j is refused at the call', (options, message) => {
    const call = () => arrays({ images, labels: [0, 1], shape: [2, 2, 3], ...options } as never)
    expect(call).toThrow(message)
  })
})
