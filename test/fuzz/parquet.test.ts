/** Whatever a Parquet file holds, it ends in samples or in an error that names it. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ParquetOptions, parquet } from '#dist/sources/parquet.js'
import { collect } from '../sources/collect.js'
import { dice, expectFine, inputs, mutate, seed } from './mutate.js'

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-fuzz-'))
})
afterAll(() => rm(dir, { recursive: true }))

const corpus: readonly (readonly [name: string, options?: ParquetOptions])[] = [
  ['hf-1'],
  ['paged', { subset: [0, 0.1] }],
  ['paged-dictionary', { cacheBytes: 1, subset: [0, 0.1] }],
  ['plain-none', { label: 'kind', mask: 'seg' }],
  ['plain-snappy', { label: 'many' }],
  ['plain-gzip', { label: ['x', 'y'], key: 'kind' }],
  ['plain-brotli', { label: 'kind' }],
  ['plain-zstd', { label: 'kind' }],
  ['delta', { label: ['y'], key: 'kind' }]
]
const files = corpus.map(([name]) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url)))
)

test(`${inputs} damaged Parquet files`, async () => {
  const path = join(dir, 'a.parquet')
  let samples = 0
  let errors = 0
  for (let i = 0; i < inputs; i++) {
    const roll = dice(seed, i)
    const which = i % corpus.length
    const bytes = damaged(files[which]!, roll)
    await writeFile(path, bytes)
    try {
      for (const { image } of await collect(parquet(path, { subset: [0, 0.4], ...corpus[which]![1] }))) {
        if (!((image as { bytes: Uint8Array }).bytes instanceof Uint8Array)) throw new Error('no bytes')
        samples++
      }
    } catch (error) {
      errors++
      expectFine(error, path, i)
    }
  }
  expect(samples).toBeGreaterThan(inputs / 10)
  expect(errors).toBeGreaterThan(inputs / 10)
  // The largest file has 10 kB, and one page may unpack to 512 MiB.
  expect(process.resourceUsage().maxRSS).toBeLessThan(2_000_000)
}, 3_600_000)

/** Footers keep their length mostly, or nothing but that would be tested; half of the changes are in the pages, half in the footer. */
function damaged(file: Uint8Array, roll: (below: number) => number): Uint8Array {
  if (roll(8) === 0) return mutate(file, roll)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const footer = file.length - 8 - view.getUint32(file.length - 8, true)
  const [pages, facts] = [file.subarray(0, footer), file.subarray(footer, -8)]
  if (roll(2) === 0) {
    const changed = mutate(pages, roll, { most: 4 })
    const same = new Uint8Array(pages.length) // offsets stay true
    same.set(changed.subarray(0, same.length))
    return Buffer.concat([same, file.subarray(footer)])
  }
  const changed = mutate(facts, roll, { most: 2 })
  const length = Buffer.alloc(4)
  length.writeUInt32LE(changed.length)
  return Buffer.concat([pages, changed, length, Buffer.from('PAR1')])
}
