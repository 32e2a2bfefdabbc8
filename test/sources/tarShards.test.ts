/** Shards as real tar archives, on disk and on a real web server. */
import { mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, imageFolder, randomFlip, randomResizedCrop, type Sample, tarShards } from 'millrace'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatIndex, scanShard } from '#dist/sources/shardIndex.js'
import { openBytes } from '#dist/storage/openBytes.js'
import { run, temporaryFolder, writePhotos } from '../engine/support.js'
import { fileServer } from '../support/fileServer.js'
import { collect } from './collect.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: Map<string, Uint8Array>
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder.path, 'photos'), 24)
  const samples = await collect(imageFolder(join(folder.path, 'photos'), { seed: 1 }))
  photos = new Map()
  for (const { key } of samples) photos.set(key, await readFile(join(folder.path, 'photos', key)))
  await mkdir(join(folder.path, 'train'))
  const entries = [...photos]
  for (let i = 0; i < 3; i++) {
    const members = entries.slice(8 * i, 8 * (i + 1)).flatMap(([key, bytes]) => {
      const base = key.replace(/\.\w+$/, '')
      return [
        [`./${key}`, bytes],
        [`./${base}.cls`, key.slice(0, 1)]
      ] as const
    })
    await writeTar(join(folder.path, 'train', `train-00${i}.tar`), members)
  }
})
afterAll(() => folder.remove())

type Members = readonly (readonly [name: string, content: Uint8Array | string])[]

async function writeTar(path: string, members: Members): Promise<string> {
  const archive = pack()
  for (const [name, content] of members) archive.entry({ name }, Buffer.from(content))
  archive.finalize()
  const pieces: Uint8Array[] = []
  for await (const piece of archive) pieces.push(piece as Uint8Array)
  await writeFile(path, Buffer.concat(pieces))
  return path
}

/** A shard of its own. */
const shard = (members: Members): Promise<string> => writeTar(join(folder.path, `own-${++shards}.tar`), members)
let shards = 0
const labelsOf = async (path: string, options = {}): Promise<unknown[]> =>
  (await collect(tarShards(path, options))).map(({ label }) => label)
const train = (): string => join(folder.path, 'train/train-{000..002}.tar')
const plain = (sample: Sample) => ({ ...sample, image: undefined })

test('gives the samples of its files, with labels and names of classes', async () => {
  const source = tarShards(train(), { seed: 3 })
  const info = await source.info()
  expect([info.size, info.classes, info.classNames]).toEqual([24, 2, ['a', 'b']])
  const samples = await collect(source)
  expect(samples.map(({ key }) => key)).toEqual([...photos.keys()].map(key => key.replace(/\.\w+$/, '')))
  expect(samples.map(({ label }) => label)).toEqual([...photos.keys()].map(key => (key[0] === 'a' ? 0 : 1)))
  for (const { image, index } of samples) {
    const { location, offset, length } = image as Extract<Sample['image'], { kind: 'range' }>
    const bytes = (await readFile(location)).subarray(offset, offset + length)
    expect(bytes.equals([...photos.values()][index]!)).toBe(true)
  }
})

test('the same order, cursors and bytes from a folder, a list, a server and an index', async () => {
  const files: Record<string, Uint8Array> = {}
  const locations: string[] = []
  for (const i of [0, 1, 2]) {
    const path = join(folder.path, `train/train-00${i}.tar`)
    locations.push(path)
    files[`x/train-00${i}.tar`] = await readFile(path)
    const index = await scanShard(await openBytes(path), path, undefined)
    files[`y/train-00${i}.tar`] = files[`x/train-00${i}.tar`]!
    files[`y/train-00${i}.tar.index.json`] = Buffer.from(formatIndex({ ...index, classes: ['a', 'b'] }))
  }
  const server = await fileServer(files)
  const options = { seed: 3, shuffle: true }
  const expected = await collect(tarShards(train(), options))
  const made = (of: string | string[], more = {}) =>
    run(tarShards(of, { ...options, ...more }).pipe(randomResizedCrop(16), randomFlip(), batch(5)), { workers: 1 })
  const batches = await made(train())
  for (const place of [
    join(folder.path, 'train'),
    locations,
    `${server.url}/x/train-{000..002}.tar?signature=1`,
    `${server.url}/y/train-{000..002}.tar`
  ]) {
    const samples = await collect(tarShards(place, options))
    expect(samples.map(plain)).toEqual(expected.map(plain))
    expect(await made(place)).toEqual(batches)
    const rest = await made(place, { resume: batches[1]!.cursor })
    expect(rest).toEqual(batches.slice(2))
  }
  const scanned = server.asked.filter(({ path }) => path.startsWith('/y/') && path.endsWith('.tar'))
  expect(scanned.every(({ range }) => range !== 'bytes=0-65535')).toBe(true)
})

describe('labels', () => {
  const image = (key = 'k'): Members[number] => [`${key}.jpg`, 'x']

  test('are a .cls, a field of .json or a .txt', async () => {
    expect(await labelsOf(await shard([image(), ['k.cls', '7\n']]), { classes: 8 })).toEqual([7])
    expect(await labelsOf(await shard([image(), ['k.txt', 'dog']]))).toEqual([0])
    const odd = await shard([image(), ['k.cls', '3'], image('l'), ['l.cls', 'cat']])
    expect([await labelsOf(odd), (await tarShards(odd).info()).classNames]).toEqual([
      [0, 1],
      ['3', 'cat']
    ])
    expect(await labelsOf(await shard([image(), ['k.txt', 'dog']]), { classes: ['cat', 'dog'] })).toEqual([1])
    const json = await shard([image(), ['k.json', '{"label": 3, "ages": [1, 2.5], "kind": "cat"}'], ['k.cls', '1']])
    expect(await labelsOf(json)).toEqual([1])
    expect(await labelsOf(json, { field: 'label' })).toEqual([3])
    expect(await labelsOf(json, { field: 'ages' })).toEqual([Float32Array.of(1, 2.5)])
    expect(await labelsOf(json, { field: 'kind', classes: ['dog', 'cat'] })).toEqual([1])
  })

  test.each<[Members, object, RegExp]>([
    [[image()], {}, /sample k has no label/],
    [[image(), ['k.json', '{"label": 1}']], { field: 'toString' }, /has no label \(\.json with the field toString\)/],
    [[image(), ['k.json', '{']], {}, /the \.json of k cannot be read/],
    [[image(), ['k.json', '{"label": {}}']], {}, /the field label of k must be a number/],
    [[image(), ['k.json', '{"label": [1, null]}']], {}, /the field label of k must be a number/],
    [[image(), ['k.cls', '']], {}, /the \.cls of k must be the index or name/],
    [[image(), ['k.txt', 'word '.repeat(50)]], {}, /the \.txt of k must be the index or name/],
    [[image(), ['k.cls', '9']], { classes: 9 }, /tarShards: sample k: the label 9 is none of the classes 0 to 8\.$/],
    [
      [image(), ['k.cls', 'cow']],
      { classes: ['cat'] },
      /sample k: the label "cow" .*is none of the classes that `classes` lists/
    ],
    [
      [image(), ['k.cls', 'cow']],
      { classes: 3 },
      /the labels name 1 classes, but `classes` says 3; give it the list of names/
    ],
    [
      [image(), ['k.json', '{"label": 0.5}']],
      {},
      /label of sample k must be a class index.*goes into a list, but is 0\.5/
    ],
    [[image(), ['k.cls', '3'], image('l'), ['l.json', '{"label": [1]}']], {}, /sample l must be a class name, as in/]
  ])('%#: are refused where they mean nothing', async (members, options, message) => {
    await expect(labelsOf(await shard(members), options)).rejects.toThrow(message)
  })
})

test('masks come along', async () => {
  const path = await shard([
    ['k.jpg', 'abc'],
    ['k.mask.png', 'defg'],
    ['k.cls', '0'],
    ['.hidden', ''],
    ['k.other', '']
  ])
  const [sample] = await collect(tarShards(path, { classes: 1 }))
  const { location, offset, length } = sample!.mask as Extract<Sample['image'], { kind: 'range' }>
  expect((await readFile(location)).subarray(offset, offset + length).toString()).toBe('defg')
})

describe('what is no good shard says why', () => {
  test.each<[Members, RegExp]>([
    [[['k.cls', '1']], /sample k has no image .* only \.cls/],
    [
      [
        ['k.jpg', ''],
        ['k.png', ''],
        ['k.cls', '1']
      ],
      /sample k has \.jpg and \.png, not one/
    ],
    [
      [
        ['k.jpg', ''],
        ['./k.jpg', ''],
        ['k.cls', '1']
      ],
      /holds "\.\/k\.jpg" twice/
    ],
    [[['../../etc/k.jpg', '']], /holds a file named "\.\.\/\.\.\/etc\/k\.jpg", which leads out of the archive/],
    [[['/etc/k.jpg', '']], /which leads out of the archive/],
    [[['a/../../k.jpg', '']], /which leads out of the archive/],
    [[['k.txt', 'x'.repeat(2 ** 20 + 1)]], /which is too large/],
    [[], /holds no samples/]
  ])('%#', async (members, message) => {
    await expect(labelsOf(await shard(members))).rejects.toThrow(message)
  })

  test('a shard that was cut, or is none', async () => {
    const path = await shard([
      ['k.jpg', Buffer.alloc(5000)],
      ['k.cls', '1']
    ])
    await truncate(path, 3000)
    await expect(labelsOf(path)).rejects.toThrow(/was cut or is damaged: "k\.jpg" at byte 512 claims 5000 bytes/)
    await truncate(path, 300)
    await expect(labelsOf(path)).rejects.toThrow(/cannot be read: Unexpected end of data/)
    await writeFile(path, Buffer.alloc(5000, 'no tar'))
    await expect(labelsOf(path)).rejects.toThrow(/Invalid tar header.*It must be an uncompressed tar archive/)
    await expect(labelsOf(`${path}.no`)).rejects.toThrow('there is no such file')
    await mkdir(join(folder.path, 'none'))
    await expect(labelsOf(join(folder.path, 'none'))).rejects.toThrow('holds no .tar files')
  })

  test('a header that claims a huge size takes no memory', async () => {
    const path = await shard([
      ['k.jpg', 'x'],
      ['k.cls', '1']
    ])
    const bytes = await readFile(path)
    for (const size of ['77777777777\0', '\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff']) {
      bytes.write(size, 124, 'latin1')
      bytes.write('        ', 148)
      const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0)
      bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
      await writeFile(path, bytes)
      await expect(labelsOf(path)).rejects.toThrow(/"k\.jpg" at byte 512 claims \d+ bytes, which ends behind its end/)
    }
  })

  test('an index that does not fit', async () => {
    const path = await shard([
      ['k.jpg', 'x'],
      ['k.cls', '1']
    ])
    const index = await scanShard(await openBytes(path), path, undefined)
    await writeFile(`${path}.index.json`, formatIndex({ ...index, bytes: index.bytes + 1 }))
    await expect(labelsOf(path)).rejects.toThrow(
      /has 2560 bytes, but its index was made of 2561|has \d+ bytes, but its index/
    )
    await writeFile(`${path}.index.json`, '{')
    await expect(labelsOf(path)).rejects.toThrow(/index\.json is no index of a shard.*Remove it, or make it again/)
  })

  test('a server that gives no parts', async () => {
    const bytes = await readFile(join(folder.path, 'train/train-000.tar'))
    const server = await fileServer({ 'a.tar': bytes }, (asked, response) => {
      server.serve(asked, response, { ignoreRange: true })
      return true
    })
    await expect(labelsOf(`${server.url}/a.tar?secret`)).rejects.toThrow(/a\.tar\?… ignores range requests/)
  })
})

test('an image of no bytes is a fault of its sample alone', async () => {
  const [, bytes] = [...photos][0]!
  const path = await shard([
    ['k.jpg', ''],
    ['k.cls', '0'],
    ['m.jpg', bytes],
    ['m.cls', '0']
  ])
  const source = tarShards(path, { classes: 1 }).pipe(randomResizedCrop(8), batch(2))
  const [made] = await run(source, { onFault: 'skip' })
  expect([made!.keys, made!.faults]).toEqual([
    ['m'],
    [{ key: 'k', reason: 'The file is empty (0 bytes).', action: 'skipped' }]
  ])
})

test('cursors of other labels are refused', async () => {
  const one = await shard([
    ['k.jpg', 'x'],
    ['k.cls', '0']
  ])
  const two = await shard([
    ['k.jpg', 'x'],
    ['k.cls', '1']
  ])
  const [first, second] = [tarShards(one, { classes: 2 }), tarShards(two, { classes: 2 })]
  expect((await first.info()).fingerprint).not.toBe((await second.info()).fingerprint)
  await rename(two, `${two}.x`)
  await rm(`${two}.x`)
})

test.each<[unknown, object, string]>([
  ['', {}, 'shards'],
  [[], {}, 'shards'],
  [['a', 3], {}, 'shards'],
  ['a', { field: '' }, 'field'],
  ['a', { concurrency: 0 }, 'concurrency'],
  ['a', { fields: 'x' }, 'fields']
])('%#: arguments are checked at the call', (shards, options, option) => {
  expect(() => tarShards(shards as string, options)).toThrow(new RegExp(`tarShards: \`${option}\``))
})
