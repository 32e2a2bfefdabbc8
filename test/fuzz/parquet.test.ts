/** Whatever a Parquet file holds, it ends in samples or in an error that names it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { type ParquetOptions, parquet } from '#dist/sources/parquet.js'
import { collect } from '../sources/collect.js'
import { type Damage, damage, fuzz, inputFolder, naming } from './support.js'

const corpus: readonly (readonly [name: string, options?: ParquetOptions])[] = [
  ['hf-1'],
  ['paged', { subset: [0, 0.05] }],
  ['paged-dictionary', { cacheBytes: 1, subset: [0, 0.05] }],
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

/** Footers keep their length mostly, or nothing but that would be tested; half of the changes are in the pages, half in the footer. */
const parquets = fc
  .tuple(fc.nat(corpus.length - 1), damage(4), fc.constantFrom('pages', 'pages', 'footer', 'footer', 'all'))
  .map(([which, change, part]) => ({ options: corpus[which]![1], bytes: changed(files[which]!, change, part) }))

const path = join(inputFolder(), 'a.parquet')
fuzz(
  'a Parquet file ends in samples, or in an error that names it',
  parquets,
  async ({ options, bytes }) => {
    writeFileSync(path, bytes)
    for (const { image } of await collect(parquet(path, { subset: [0, 0.2], ...options })))
      if (!((image as { bytes: Uint8Array }).bytes instanceof Uint8Array)) throw new Error('no bytes')
  },
  naming(path)
)

function changed(file: Uint8Array, change: Damage, part: string): Uint8Array {
  if (part === 'all') return change(file)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const footer = file.length - 8 - view.getUint32(file.length - 8, true)
  const [pages, facts] = [file.subarray(0, footer), file.subarray(footer, -8)]
  if (part === 'pages') {
    const same = new Uint8Array(pages.length) // offsets stay true
    same.set(change(pages).subarray(0, same.length))
    return Buffer.concat([same, file.subarray(footer)])
  }
  const other = change(facts)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(other.length)
  return Buffer.concat([pages, other, length, Buffer.from('PAR1')])
}
