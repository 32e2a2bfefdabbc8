/** What the experiments compare, and that a run in parts is a run in one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cifar10 } from 'millrace'
import { firstValueFrom } from 'rxjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../examples/demo/checkpoint.js'
import { joined } from '../../experiments/heatMaps.js'
import { BASE, HEAT_MAPS, matrix, pairing } from '../../experiments/matrix.js'
import { options } from '../../experiments/options.js'
import { trainingBatches } from '../../experiments/pipelines.js'
import { published } from '../../experiments/report/published.js'
import { trainRun } from '../../experiments/run.js'
import { learningRate, pace, profiles } from '../../experiments/settings.js'
import { whyMissing } from '../sources/whyMissing.js'
import { loadTfjsCpu, loadTfjsNode } from '../support/tfjs.js'

const settings = { share: 0.0008, batch: 8, epochs: 2, rate: 0.05, testImages: 20, testEvery: 1, finalImages: 20 }
const reason = await whyMissing(cifar10({ split: 'train' }))
const node = await loadTfjsNode()
const anyTf = node.tf ?? (await loadTfjsCpu())

describe('matrix', () => {
  const ids = matrix.map(({ id }) => id)

  test('names each configuration once, and what is referred to is in it', () => {
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([BASE, ...HEAT_MAPS, ...Object.keys(published)]))
    expect(new Set(matrix.map(({ method }) => method)).size).toBe(ids.length)
  })

  test.skipIf(reason !== '').each(ids)('%s gives batches that a network can learn from', async id => {
    const configuration = matrix.find(one => one.id === id)!
    const batches = trainingBatches(anyTf, {
      configuration,
      seed: 1,
      settings,
      cursor: undefined,
      workers: 0,
      onArrival() {}
    })
    const { xs, ys, dispose } = (await firstValueFrom(batches)) as unknown as {
      xs: { shape: number[] }
      ys: { shape: number[]; sum(axis: number): { dataSync(): Float32Array } }
      dispose(): void
    }
    const n = pace(configuration, settings).batch
    expect([xs.shape, ys.shape]).toEqual([
      [n, 32, 32, configuration.smart === undefined ? 3 : 9],
      [n, 10]
    ])
    for (const sum of ys.sum(1).dataSync()) expect(sum).toBeCloseTo(1, 5)
    dispose()
  })

  test("SamplePairing has its paper's schedule, in shares", () => {
    expect(pairing(1000)).toEqual({ from: 100, to: 800, on: 8, off: 2 })
    expect(pairing(40)).toEqual({ from: 4, to: 32, on: 8, off: 2 })
  })

  test('the classifier of Smart Augmentation takes as many steps and images as the others', () => {
    const smart = matrix.find(one => one.smart !== undefined)!
    for (const profile of Object.values(profiles)) {
      const { batch, epochs } = pace(smart, profile)
      expect([2 * batch, 2 * epochs]).toEqual([profile.batch, profile.epochs])
    }
  })
})

test('the learning rate rises within a tenth, then falls to nothing', () => {
  const rates = [0, 0.05, 0.1, 0.3, 0.6, 0.9, 1].map(progress => learningRate({ rate: 0.05 }, progress))
  expect(rates[2]).toBeCloseTo(0.05, 12)
  expect(rates[0]! < rates[1]! && rates[1]! < rates[2]!).toBe(true)
  expect(rates.slice(2).every((rate, i, all) => i === 0 || rate < all[i - 1]!)).toBe(true)
  expect(rates.at(-1)).toBeCloseTo(0, 12)
})

test('four images are joined quarter by quarter', () => {
  const grid = [10, 20, 30, 40].map(value => ({ pixels: new Uint8Array(32 * 32 * 3).fill(value) }))
  const at = (x: number, y: number) => joined(grid)[(y * 64 + x) * 3]
  expect([at(31, 31), at(32, 31), at(31, 32), at(32, 32)]).toEqual([10, 20, 30, 40])
})

test('the command line says what is wrong', () => {
  expect(options(['--only', 'ricap,cutMix']).configurations.map(({ id }) => id)).toEqual(['cutMix', 'ricap'])
  expect(options(['--quick'])).toMatchObject({ profile: 'quick', seeds: 1, report: false })
  expect(options([])).toMatchObject({ profile: 'full', seeds: 3 })
  expect(() => options(['--only', 'ricop'])).toThrow(/no configuration "ricop"/)
  expect(() => options(['--seeds', '0'])).toThrow(/--seeds must be a whole number of at least 1, but is "0"/)
  expect(() => options(['--quick', '--smoke'])).toThrow(/give one of them/)
})

describe.skipIf(reason !== '' || node.tf === undefined)(`a run that was stopped ${reason}${node.reason}`, () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-runs-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  // Dropout and spatial dropout draw at each step; Smart Augmentation has two networks.
  test.each(['cropFlip', 'dropout', 'spatialDropout', 'smartAugmentation'])(
    '%s ends like one that was not',
    async id => {
      const configuration = matrix.find(one => one.id === id)!
      const start = (name: string, stopAfter = Infinity) => {
        let steps = 0
        const path = join(folder, `${id}-${name}.bin`)
        const shouldStop = () => ++steps >= stopAfter
        return trainRun(node.tf, { configuration, seed: 3, settings, path, workers: 1, shouldStop, onEpoch: undefined })
      }
      const whole = await start('whole')
      expect(await start('parts', 3)).toBeUndefined()
      expect(await start('parts', 4)).toBeUndefined() // in the middle of the second epoch, or of another step of the first
      const parts = await start('parts')

      const timeless = (result: object | undefined) => ({ ...result, seconds: 0, waitedShare: 0, uploadShare: 0 })
      expect(timeless(parts)).toEqual(timeless(whole))
      const [a, b] = await Promise.all(
        ['whole', 'parts'].map(name => readCheckpoint(join(folder, `${id}-${name}.bin`)))
      )
      expect(b!.cursor).toEqual(a!.cursor)
      expect(Buffer.compare(a!.data, b!.data)).toBe(0) // weights and momentum, to the last bit
      // Done already: nothing is trained again.
      expect(timeless(await start('parts', 1))).toEqual(timeless(whole))
    }
  )
})
