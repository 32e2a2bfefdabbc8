/** What `monitor` tells of the work of `prefetch`. */

import {
  arrays,
  batch,
  cutMix,
  elasticDistortion,
  forEachBatch,
  indexed,
  type MonitorReport,
  monitor,
  normalize,
  prefetch,
  randomFlip,
  randomResizedCrop,
  type Sample
} from 'millrace'
import type { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { currentCodec } from '#dist/codecs/current.js'

async function report(samples: Observable<Sample>): Promise<MonitorReport> {
  const heard: MonitorReport[] = []
  const batches = samples.pipe(
    batch(20),
    cutMix(),
    normalize(),
    prefetch(2, { workers: 0 }),
    monitor(of => heard.push(of), { everyMs: 1e6 })
  )
  await forEachBatch(batches, () => {})
  return heard.at(-1)!
}

test('each part of the work by its name, and together most of the time', async () => {
  const images = new Uint8Array(400 * 64 * 64 * 3)
  const samples = arrays({ images, labels: new Array(400).fill(0), shape: [64, 64, 3], classes: 2 }).pipe(
    randomFlip(),
    elasticDistortion({ alpha: 30, sigma: 6 })
  )
  await report(samples)
  const { stages, seconds } = await report(samples)
  const { details } = stages[0]!
  expect(Object.keys(details).sort()).toEqual([
    'cutMix',
    'draw',
    'elasticDistortion',
    'normalize',
    'randomFlip',
    'write'
  ])
  const total = Object.values(details).reduce((sum, ms) => sum + ms, 0) / 1000
  expect(total).toBeGreaterThan(0.2 * seconds)
  expect(total).toBeLessThan(4 * seconds)
})

test('files are read and decoded, and the slowest part is what holds the pipeline up', async () => {
  const dir = 'test/fixtures/codecs'
  const file = 'grey.jpg'
  const samples = indexed({ size: 60, at: () => ({ image: `${dir}/${file}`, label: 0 }), classes: 2 })
  const { stages, bottleneck } = await report(samples.pipe(randomResizedCrop(16)))
  const { details, codec } = stages[0]!
  expect(codec).toBe(currentCodec().id)
  expect(Object.keys(details).sort()).toEqual([
    'cutMix',
    'decode',
    'draw',
    'normalize',
    'randomResizedCrop',
    'read',
    'write'
  ])
  expect(details.decode).toBeGreaterThan(0)
  const slowest = Object.entries(details).sort(([, a], [, b]) => b - a)[0]![0]
  expect(bottleneck).toBe(`prefetch (${slowest})`)
})
