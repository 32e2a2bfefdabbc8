import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { batch, forEachBatch, prefetch } from 'millrace'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sample } from '#dist/sample.js'
import { type ParquetOptions, parquet } from '#dist/sources/parquet.js'
import { fileServer } from '../support/fileServer.js'
import { collect, cursorAt } from './collect.js'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url))
const hf = [fixture('hf-0'), fixture('hf-1')]

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-parquet-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** The number of an image of the fixtures, which is its red; undefined where there are no bytes. */
async function numberOf({ image }: Pick<Sample, 'image'>): Promise<number | undefined> {
  const { bytes } = image as { bytes: Uint8Array }
  if (bytes.length === 0) return undefined
  expect(bytes.buffer.byteLength).toBe(bytes.length) // no view, which would take its page along to a worker
  const [red, green, blue] = await sharp(bytes).raw().toBuffer()
  expect([green, blue]).toEqual([255 - red!, 7])
  return red
}

const numbers = async (samples: readonly Sample[]) => Promise.all(samples.map(numberOf))
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const list = (label: unknown) => (label instanceof Float32Array ? [...label] : label)

describe('as Hugging Face stores it', () => {
  test('several files are one data set, with the names of the classes', async () => {
    const source = parquet(hf)
    expect(await source.info()).toMatchObject({
      name: 'parquet',
      size: 40,
      classes: 3,
      classNames: ['cat', 'dog', 'emu']
    })
    const samples = await collect(source)
    expect(await numbers(samples)).toEqual(upTo(40))
    expect(samples.map(({ label, key, index }) => [label, key, index])).toEqual(
      upTo(40).map(i => [i % 3, String(i), i])
    )
    const named = await collect(parquet(hf, { key: 'image.path', classes: 5 }))
    expect([named[31]!.key, named[31]!.info.classes, named[31]!.info.classNames]).toEqual(['031.png', 5, undefined])
  })

  test('batches come out of it', async () => {
    const seen: number[] = []
    await forEachBatch(parquet(hf, { shuffle: true, seed: 3 }).pipe(batch(8)), ({ images, shape, labels }) => {
      expect(shape.slice(1)).toEqual([3, 4, 3])
      for (let row = 0; row < shape[0]; row++) {
        const number = images[row * 36]!
        seen.push(number)
        expect(labels[row * 3 + (number % 3)]).toBe(1)
      }
    })
    expect(seen).not.toEqual(upTo(40))
    expect(seen.toSorted((a, b) => a - b)).toEqual(upTo(40))
  })

  test('an order is exact, whatever is kept in memory and asked for at a time', async () => {
    const keys = async (options: ParquetOptions) => {
      const samples = await collect(parquet(hf, options))
      expect(await numbers(samples)).toEqual(samples.map(({ index }) => index))
      return samples.map(({ key }) => key)
    }
    const all = await keys({ seed: 7, shuffle: true, epochs: 2 })
    for (const options of [
      { cacheBytes: 1 },
      { cacheBytes: 1, concurrency: 1 },
      { cacheBytes: 3000, concurrency: 16 }
    ]) {
      expect(await keys({ seed: 7, shuffle: true, epochs: 2, ...options })).toEqual(all)
    }
    const resume = cursorAt(await parquet(hf, { seed: 7, shuffle: true, epochs: 2 }).info(), { epoch: 1, position: 9 })
    expect(await keys({ resume })).toEqual(all.slice(49))
    await expect(collect(parquet(hf[0]!, { resume }))).rejects.toThrow('belongs to other data')
    await expect(collect(parquet(hf.toReversed(), { resume }))).rejects.toThrow('belongs to other data')
    await expect(collect(parquet(hf, { resume, classes: 4 }))).rejects.toThrow('belongs to other data')
    const shards = await Promise.all([0, 1].map(index => keys({ seed: 7, shuffle: true, shard: { index, count: 2 } })))
    expect(shards.flat().toSorted()).toEqual(all.slice(0, 40).toSorted())
  })
})

describe('pages', () => {
  test.each(['paged', 'paged-dictionary'])('%s: an index of pages makes single rows cheap', async name => {
    const images = upTo(60).map(i => (name === 'paged' ? i : i % 5))
    const read = async (options: ParquetOptions) => collect(parquet(fixture(name), options))
    const inOrder = await read({})
    expect(await numbers(inOrder)).toEqual(images)
    expect(inOrder.map(({ label }) => label)).toEqual(upTo(60).map(i => i % 7))
    const shuffled = await read({ shuffle: true, seed: 1, cacheBytes: 1 })
    expect(await numbers(shuffled)).toEqual(shuffled.map(({ index }) => images[index]))
  })

  test('only the page that an image is in is asked for', async () => {
    const { url, asked } = await fileServer({ 'x.parquet': await readFile(fixture('paged')) })
    const source = parquet(`${url}/x.parquet`, { subset: [0, 0.02], concurrency: 1 })
    await source.info()
    const before = asked.length
    const [sample] = await collect(source)
    expect(await numberOf(sample!)).toBe(sample!.index)
    const sizes = asked.slice(before).map(({ range }) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range!)!
      return Number(to) - Number(from) + 1
    })
    // The index of the group's pages, and a page of four images; the group has thirty, 3 kB.
    expect(sizes.length).toBe(2)
    expect(Math.max(...sizes)).toBeLessThan(600)
  })

  test('files whose URLs differ in their queries alone are told apart', async () => {
    const server = await fileServer({})
    const files = await Promise.all(hf.map(path => readFile(path)))
    const { url } = await fileServer({}, (asked, response) => {
      server.files.set('x', files[Number(asked.path.at(-1))]!)
      server.serve({ ...asked, path: '/x' }, response)
      return true
    })
    const samples = await collect(parquet([`${url}/x?part=0`, `${url}/x?part=1`], { concurrency: 1 }))
    expect(await numbers(samples)).toEqual(upTo(40))
  })

  test('what was read is kept, as far as it fits', async () => {
    const { url, asked } = await fileServer({ 'x.parquet': await readFile(hf[0]!) })
    const count = async (options: ParquetOptions) => {
      const source = parquet(`${url}/x.parquet`, { seed: 7, shuffle: true, epochs: 2, ...options })
      await source.info()
      const before = asked.length
      expect((await collect(source)).length).toBe(46)
      return asked.length - before
    }
    expect(await count({})).toBe(5) // groups
    expect(await count({ shuffle: false, cacheBytes: 1 })).toBe(10)
    expect(await count({ cacheBytes: 1, concurrency: 1 })).toBeGreaterThan(20)
  })

  test.each(['none', 'snappy', 'gzip', 'brotli', 'zstd'])('packed by %s', async packing => {
    const samples = await collect(parquet(fixture(`plain-${packing}`), { label: 'kind', mask: 'seg' }))
    expect(await numbers(samples)).toEqual(upTo(12).map(i => (i === 5 ? undefined : i)))
    expect(await Promise.all(samples.map(({ mask }) => numberOf({ image: mask! })))).toEqual(upTo(12))
    expect(samples.map(({ label }) => label)).toEqual(upTo(12).map(i => i % 3))
    expect(samples[0]!.info.classNames).toEqual(['cat', 'dog', 'emu'])
  })

  test('other encodings', async () => {
    const samples = await collect(parquet(fixture('delta'), { label: ['y'], key: 'kind' }))
    expect(await numbers(samples)).toEqual(upTo(12).map(i => (i === 5 ? undefined : i)))
    expect(samples.map(({ label }) => list(label))).toEqual(upTo(12).map(i => [0 - i]))
    expect(samples[4]!.key).toBe('dog')
  })
})

test('labels are vectors where they are lists, or several columns', async () => {
  const labels = async (options: ParquetOptions) =>
    (await collect(parquet(fixture('plain-snappy'), options))).map(({ label }) => list(label))
  expect(await labels({ label: 'many' })).toEqual(upTo(12).map(i => [i % 2, 1, i / 4]))
  expect(await labels({ label: ['y', 'x'] })).toEqual(upTo(12).map(i => [0 - i, i / 2]))
  expect(await labels({ label: false })).toEqual(upTo(12).map(() => [0]))
})

test('a footer may be long', async () => {
  expect(await numbers(await collect(parquet(fixture('long-footer'))))).toEqual([7])
})

test('a row without an image is a fault of that sample', async () => {
  const faults: string[] = []
  const onFault = {
    action: 'skip',
    report: ({ key, reason }: { key: string; reason: string }) => faults.push(`${key}: ${reason}`)
  } as const
  const source = parquet(fixture('plain-none'), { label: 'kind', subset: [0, 1] })
  let images = 0
  await forEachBatch(source.pipe(batch(4), prefetch(2, { onFault })), ({ shape }) => {
    images += shape[0]
  })
  expect(images).toBe(11)
  expect(faults).toEqual([expect.stringMatching(/^5: .*The file is empty/)])
})

test.each<[string, ParquetOptions, string]>([
  [
    'plain-lz4',
    { label: 'kind' },
    'its pages are packed by LZ4_RAW, which is not read; write it with snappy, zstd, gzip or brotli.'
  ],
  ['delta-prefixes', { label: 'kind' }, 'its values are encoded as DELTA_BYTE_ARRAY, which is not read'],
  ['plain-none', {}, 'it has no column of labels, but "img", "kind", "many", "x", "y", "seg"; name it with `label`'],
  ['plain-none', { image: 'photo', label: 'kind' }, 'it has no column of photo, but "img", '],
  ['plain-none', { image: 'x', label: false }, 'its column "x" (string) holds no bytes of images.'],
  ['plain-none', { label: 'seg' }, 'its column "seg" (string) is a structure; name a field of it, such as seg.bytes.'],
  [
    'plain-none',
    { label: 'x' },
    'row 1: the label must be a class index, a class name or a list of numbers; a single number that'
  ],
  ['plain-none', { label: 'y' }, 'row 1: the label must be a class index'],
  [
    'plain-none',
    { label: 'kind', classes: ['cat', 'dog'] },
    'row 2: the label "emu" (string) is none of the classes that `classes` lists'
  ],
  ['hf-0', { classes: 2 }, 'row 2: the label 2 is none of the classes 0 to 1.']
])('%s %j: %s', async (name, options, message) => {
  const error = await collect(parquet(fixture(name), options)).catch(error => error as Error)
  expect(error).toMatchObject({ name: 'SourceError' })
  expect((error as Error).message).toContain(`parquet: ${fixture(name)}: ${message}`)
})

test('files that are none, cut, or lie about their footer', async () => {
  const whole = await readFile(hf[0]!)
  const failure = async (bytes: Uint8Array) => {
    const path = join(dir, 'damaged.parquet')
    await writeFile(path, bytes)
    return (await collect(parquet(path)).catch(error => error as Error)) as Error
  }
  for (const bytes of [new Uint8Array(0), whole.subarray(0, 2000), Buffer.from('a,b\n1,2\n')]) {
    expect((await failure(bytes)).message).toContain('it is no Parquet file, or not all of it')
  }
  const lying = Buffer.from(whole)
  lying.writeUInt32LE(0x7fffffff, lying.length - 8)
  expect((await failure(lying)).message).toContain(
    'its footer says that it has 2147483647 bytes, but the file has 6037'
  )
  const copy = join(dir, 'changes.parquet')
  await copyFile(hf[0]!, copy)
  const source = parquet(copy)
  await source.info()
  await writeFile(copy, whole.subarray(0, 3000))
  await expect(collect(source)).rejects.toMatchObject({ name: 'SourceError' })
  await expect(collect(parquet(join(dir, 'none.parquet')))).rejects.toThrow('there is no such file')
})

test('counts that a page tells are not believed', async () => {
  const whole = await readFile(fixture('plain-none'))
  // The definition levels of `img` are one run of seven values, 0x0e and the level; the header of the page is before.
  const lie = async (find: number[], put: number[]) => {
    const at = whole.indexOf(Buffer.from(find))
    expect(at).toBeGreaterThan(0)
    const bytes = Buffer.from(whole)
    bytes.set(put, at)
    const path = join(dir, 'lie.parquet')
    await writeFile(path, bytes)
    return collect(parquet(path, { label: 'kind' })).then(
      () => 'no error',
      error => (error as Error).message
    )
  }
  // kind: definition levels of seven values, all there.
  expect(await lie([0x0e, 0x01, 0x02], [0xfe, 0xff, 0xff])).toMatch(/damaged: it tells of a run of \d{5,}/)
})

test.each<[unknown, object, RegExp]>([
  [[], {}, /`location` must be the path or URL of a file, or a list of them/],
  ['a.parquet', { image: 3 }, /`image` must be the name of a column/],
  ['a.parquet', { label: [] }, /`label` must be the name of a column, a list of such names, or false/],
  ['a.parquet', { cacheBytes: 0 }, /`cacheBytes` must be a whole number of at least 1/],
  ['a.parquet', { concurrency: 0 }, /`concurrency` must be a whole number between 1 and 1024/],
  ['a.parquet', { columns: [] }, /`columns` must be one of the options/]
])('options %j %j are checked at the call', (location, options, message) => {
  expect(() => parquet(location as string, options)).toThrow(message)
})
