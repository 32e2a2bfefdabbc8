import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { firstValueFrom } from 'rxjs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sourceOf } from '#dist/handle.js'
import { mnist } from '#dist/sources/mnist.js'
import { collect } from './collect.js'
import { whyMissing } from './whyMissing.js'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const missing = await whyMissing(mnist())

describe.skipIf(missing)(`mnist ${missing}`, () => {
  test.each([
    ['train', [5, 0, 4, 1, 9], [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]],
    ['test', [7, 2, 1, 0, 4], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]]
  ] as const)('has all digits of %s', async (split, first, counts) => {
    const source = mnist({ split })
    const samples = await collect(source)
    expect(samples.slice(0, 5).map(s => s.label)).toEqual(first)
    expect(samples[42]).toMatchObject({ key: `${split}/00042`, image: { offset: 42 * 784, width: 28, channels: 1 } })
    const info = await source.info()
    expect(info).toMatchObject({ classes: 10, shape: [28, 28, 1], mean: [0.1307], std: [0.3081] })
    expect(sourceOf(info)!.placesByClass!().map(list => list.length)).toEqual(counts)
  })

  test('states the mean and deviation of its pixels', async () => {
    const { image } = await firstValueFrom(mnist())
    if (image.kind !== 'pixels') throw new Error('no pixels')
    const pixels = new Uint8Array(image.buffer, 0, 60_000 * 784)
    let sum = 0
    let squares = 0
    for (const value of pixels) {
      sum += value / 255
      squares += (value / 255) ** 2
    }
    const mean = sum / pixels.length
    expect(mean).toBeCloseTo(0.1307, 4)
    expect(Math.sqrt(squares / pixels.length - mean * mean)).toBeCloseTo(0.3081, 4)
  })

  test('is fetched by two processes at once, kept, and fetched again where it is damaged', async () => {
    const program = `
      import { mnist } from '#dist/sources/mnist.js'
      const stages = []
      const info = await mnist({ dir: process.argv[1], onProgress: ({ stage }) => stages.push(stage) }).info()
      console.log(JSON.stringify({ print: info.fingerprint, stages: [...new Set(stages)] }))`
    const run = async () => {
      const args = ['--input-type=module', '-e', program, dir]
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout)
    }
    const print = (await mnist().info()).fingerprint
    const fetched = { print, stages: ['download', 'decode'] }
    expect(await Promise.all([run(), run()])).toEqual([fetched, fetched])
    expect((await readdir(dir)).sort()).toEqual(['test.bin', 'train.bin'])
    expect(await run()).toEqual({ print, stages: [] })
    const bytes = await readFile(join(dir, 'train.bin'))
    bytes[1_000_000]! ^= 1
    await writeFile(join(dir, 'train.bin'), bytes)
    expect(await run()).toEqual(fetched)
    await writeFile(join(dir, 'train.bin'), bytes.subarray(0, 1000))
    expect(await run()).toEqual(fetched)
  })

  test('reads the same from IDX files, and knows them for MNIST', async () => {
    const { image } = await firstValueFrom(mnist())
    if (image.kind !== 'pixels') throw new Error('no pixels')
    const bytes = new Uint8Array(image.buffer)
    await put('train-images-idx3-ubyte', [60_000, 28, 28], bytes.slice(0, 60_000 * 784))
    await put('train-labels.idx1-ubyte', [60_000], bytes.slice(60_000 * 784))
    expect(await mnist({ dir, seed: 1 }).info()).toEqual(await mnist({ seed: 1 }).info())
  })
})

async function put(name: string, dimensions: number[], data: Uint8Array, type = 8): Promise<void> {
  const header = Buffer.alloc(4 + 4 * dimensions.length)
  header.set([0, 0, type, dimensions.length])
  dimensions.forEach((n, i) => void header.writeUInt32BE(n, 4 + 4 * i))
  const bytes = Buffer.concat([header, data])
  await writeFile(join(dir, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes)
}

describe('a folder of IDX files', () => {
  const pixels = Uint8Array.from({ length: 3 * 4 * 5 }, (_, i) => i)

  test('is read plain or gzipped', async () => {
    await put('t10k-images-idx3-ubyte.gz', [3, 4, 5], pixels)
    await put('t10k-labels-idx1-ubyte', [3], Uint8Array.of(11, 0, 25))
    const source = mnist({ dir, split: 'test', classes: 26 })
    const samples = await collect(source)
    expect(samples.map(s => [s.key, s.label])).toEqual([
      ['test/00000', 11],
      ['test/00001', 0],
      ['test/00002', 25]
    ])
    const { image, info } = samples[2]!
    expect(info).toMatchObject({
      classes: 26,
      classNames: undefined,
      shape: [4, 5, 1],
      mean: undefined,
      std: undefined
    })
    if (image.kind !== 'pixels') throw new Error('no pixels')
    expect(image).toMatchObject({ width: 5, height: 4, channels: 1 })
    expect([...new Uint8Array(image.buffer, image.offset, 20)]).toEqual([...pixels.subarray(40)])
  })

  test('says which file is missing or damaged', async () => {
    const read = () => collect(mnist({ dir }))
    await put('train-images-idx3-ubyte', [3, 4, 5], pixels)
    await expect(read()).rejects.toThrow(
      'has train-images-idx3-ubyte, but not train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz'
    )
    await put('train-labels-idx1-ubyte', [2], Uint8Array.of(1, 2))
    await expect(read()).rejects.toThrow('has 3 train images, but 2 labels')
    await put('train-labels-idx1-ubyte', [4], Uint8Array.of(1, 2, 3))
    await expect(read()).rejects.toThrow('train-labels-idx1-ubyte should hold 4 bytes, but holds 3; copy it again')
    await put('train-labels-idx1-ubyte', [3], Uint8Array.of(1, 2, 3), 13)
    await expect(read()).rejects.toThrow('train-labels-idx1-ubyte is no IDX file of unsigned bytes')
    await put('train-labels-idx1-ubyte', [1, 3], Uint8Array.of(1, 2, 3))
    await expect(read()).rejects.toThrow('has 2 dimensions instead of 1')
    await rm(join(dir, 'train-labels-idx1-ubyte'))
    await writeFile(join(dir, 'train-labels-idx1-ubyte.gz'), 'no gzip')
    await expect(read()).rejects.toThrow('train-labels-idx1-ubyte.gz cannot be read (incorrect header check)')
    await expect(collect(mnist({ dir, split: 'test' }))).rejects.toThrow('but not t10k-images-idx3-ubyte')
  })
})
