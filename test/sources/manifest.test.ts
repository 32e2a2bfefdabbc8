import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { batch, forEachBatch } from 'millrace'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ManifestOptions, manifest } from '#dist/sources/manifest.js'
import { fileServer } from '../support/fileServer.js'
import { collect, cursorAt } from './collect.js'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-manifest-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function put(name: string, text: string | Uint8Array): Promise<string> {
  await writeFile(join(dir, name), text)
  return join(dir, name)
}

/** Samples of a manifest of this content, and the facts of its source. */
async function read(name: string, text: string, options: ManifestOptions = {}) {
  const source = manifest(await put(name, text), options)
  const samples = await collect(source)
  return { samples, info: await source.info(), labels: samples.map(({ label }) => label) }
}

const failure = async (name: string, text: string | Uint8Array, options: ManifestOptions = {}): Promise<string> => {
  const path = await put(name, text)
  const error = await collect(manifest(path, options)).then(
    () => new Error('no error came'),
    error => error as Error
  )
  expect(error.name).toBe('SourceError')
  return error.message.replace(`manifest: ${path}: `, '')
}

const list = (label: unknown) => (label instanceof Float32Array ? [...label] : label)

describe('formats', () => {
  test('CSV with names of classes, quotes, spaces, both ends of lines, a mark at its beginning', async () => {
    const text =
      '\uFEFFpath, label ,note\r\n"a, b.jpg",dog,"two\nlines"\r\n\r\n deep/5" c.png , cat,\n"say ""hi"".jpg",dog,x'
    const { samples, info } = await read('list.csv', text)
    expect(samples.map(({ key, label, image }) => [key, label, image])).toEqual([
      ['a, b.jpg', 1, { kind: 'file', path: join(dir, 'a, b.jpg') }],
      ['deep/5" c.png', 0, { kind: 'file', path: join(dir, 'deep/5" c.png') }],
      ['say "hi".jpg', 1, { kind: 'file', path: join(dir, 'say "hi".jpg') }]
    ])
    expect(info).toMatchObject({ name: 'manifest', size: 3, classes: 2, classNames: ['cat', 'dog'] })
  })

  test('TSV, and lists without names of columns', async () => {
    const tabs = await read('list.tsv', 'file_name\tclass\na,1.jpg\t0\nb.jpg\t3\n')
    expect(tabs.samples.map(({ key }) => key)).toEqual(['a,1.jpg', 'b.jpg'])
    expect([tabs.labels, tabs.info.classes, tabs.info.classNames]).toEqual([[0, 3], 4, undefined])
    const plain = await read('list.txt', 'a.jpg 1\nb.jpg 0\n'.replaceAll(' ', '\t'), {
      format: 'tsv',
      columns: ['image', 'label']
    })
    expect(plain.labels).toEqual([1, 0])
  })

  test('JSONL, whose rows may lack what is not needed', async () => {
    const rows = [
      { image: 'a.jpg', label: 'b', boxes: [[0, 0, 4, 4, 2]], keypoints: [{ x: 1, y: 2, visible: false }], other: {} },
      { image: 'b.jpg', label: 'a', keypoints: [[3, 4, 1]] },
      { label: 'b', image: 'c.jpg', boxes: [{ x1: 1, y1: 2, x2: 3, y2: 4 }], keypoints: null }
    ]
    const { samples } = await read('list.jsonl', rows.map(row => JSON.stringify(row)).join('\n\n'))
    expect(samples.map(({ label, boxes, keypoints, mask }) => ({ label, boxes, keypoints, mask }))).toEqual([
      {
        label: 1,
        boxes: [{ x1: 0, y1: 0, x2: 4, y2: 4, label: 2 }],
        keypoints: [{ x: 1, y: 2, visible: false }],
        mask: undefined
      },
      { label: 0, boxes: [], keypoints: [{ x: 3, y: 4, label: 1 }], mask: undefined },
      { label: 1, boxes: [{ x1: 1, y1: 2, x2: 3, y2: 4 }], keypoints: [], mask: undefined }
    ])
  })

  test('rows that reach from one block of the file into the next', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `"images/é ${i}.jpg","class\r\n${i % 7}"`)
    const { samples, info } = await read('long.csv', `image,label\r\n${rows.join('\r\n')}\r\n`)
    expect(samples.length).toBe(rows.length)
    expect(samples.every(({ key, label }, i) => key === `images/é ${i}.jpg` && label === i % 7)).toBe(true)
    expect(info.classNames?.[6]).toBe('class\n6')
    const lines = rows.map((_, i) => JSON.stringify({ image: `images/é ${i}.jpg`, label: i % 7 }))
    const other = await read('long.jsonl', lines.join('\r\n'))
    expect(other.samples.every(({ key, label }, i) => key === `images/é ${i}.jpg` && label === i % 7)).toBe(true)
  })
})

describe('labels', () => {
  test('vectors: a list in a cell, or several columns', async () => {
    const cells = await read('a.csv', 'image,label\na.jpg,"[0.25, 0.75]"\nb.jpg,"[1, 0]"\n')
    expect(cells.labels.map(list)).toEqual([
      [0.25, 0.75],
      [1, 0]
    ])
    const columns = await read('b.csv', 'image,red,round\na.jpg,1,0\nb.jpg,0.5,-2e1\n', { label: ['round', 'red'] })
    expect(columns.labels.map(list)).toEqual([
      [0, 1],
      [-20, 0.5]
    ])
    expect(columns.info.classes).toBeUndefined()
    const lines = await read('c.jsonl', '{"image":"a.jpg","label":[1,0,1]}', { classes: ['x', 'y', 'z'] })
    expect([list(lines.labels[0]), lines.info.classNames]).toEqual([
      [1, 0, 1],
      ['x', 'y', 'z']
    ])
    const none = await read('d.csv', 'image\na.jpg\n', { label: false })
    expect(list(none.labels[0])).toEqual([0])
  })

  test('names and indices are told apart for all rows', async () => {
    expect((await read('a.csv', 'image,label\na.jpg,7\nb.jpg,x\n')).info.classNames).toEqual(['7', 'x'])
    expect((await read('b.csv', 'image,label\na.jpg,07\nb.jpg,10\n')).info.classNames).toEqual(['07', '10'])
    const named = await read('c.csv', 'image,label\na.jpg,10\nb.jpg,20\n', { classes: ['20', '15', '10'] })
    expect(named.labels).toEqual([2, 0])
    const counted = await read('d.csv', 'image,label\na.jpg,1\nb.jpg,0\n', { classes: ['cat', 'dog', 'emu'] })
    expect([counted.labels, counted.info.classes]).toEqual([[1, 0], 3])
    expect((await read('e.csv', 'image,label\na.jpg,1\n', { classes: 9 })).info.classes).toBe(9)
  })

  test.each<[string, string, ManifestOptions, string]>([
    [
      'a.csv',
      'image,label\na.jpg,0\nb.jpg,\n',
      {},
      'line 3, column "label": expected a class index, a class name or a'
    ],
    [
      'a.csv',
      'image,label\na.jpg,x\nb.jpg,y\n',
      { classes: ['x'] },
      'line 3, column "label": the label "y" (string) is none'
    ],
    [
      'a.csv',
      'image,label\na.jpg,4\n',
      { classes: 4 },
      'line 2, column "label": the label 4 is none of the classes 0 to 3.'
    ],
    [
      'a.csv',
      'image,label\na.jpg,99999999\n',
      {},
      'the label 99999999 is none of the classes 0 to 999999; where there are'
    ],
    [
      'a.csv',
      'image,label\na.jpg,x\n',
      { classes: 4 },
      'the labels name 1 classes, but `classes` says 4; give it the list'
    ],
    [
      'a.csv',
      'image,label\na.jpg,"[1,2]"\nb.jpg,"[1]"\n',
      {},
      'line 3, column "label": expected a list of 2 numbers, but it'
    ],
    [
      'a.csv',
      'image,label\na.jpg,"[1,2"\nb.jpg,"[1]"\n',
      {},
      'line 3, column "label": expected a class name, as in the rows'
    ],
    [
      'a.csv',
      'image,u,v\na.jpg,1,x\n',
      { label: ['u', 'v'] },
      'line 2, column "v": expected a number, but it is "x" (string).'
    ],
    [
      'a.csv',
      'image,label\na.jpg,"[1,2]"\n',
      { classes: 3 },
      'the labels are lists of 2 numbers, but `classes` says 3'
    ],
    [
      'a.jsonl',
      '{"image":"a","label":1}\n{"image":"b","label":"1"}',
      {},
      'line 2, column "label": expected a class index, as'
    ],
    [
      'a.jsonl',
      '{"image":"a","label":1.5}',
      {},
      'column "label": expected a class index, a class name or a list of numbers;'
    ],
    ['a.jsonl', '{"image":"a","label":{"__proto__":1}}', {}, 'line 1, column "label": expected a class index']
  ])('%#: %s', async (name, text, options, message) => {
    expect(await failure(name, text, options)).toContain(message)
  })
})

test.each<[string, string | Uint8Array, ManifestOptions, string]>([
  ['a.csv', '', {}, 'it is empty.'],
  ['a.csv', 'image,label\n', {}, 'it has no rows.'],
  [
    'a.csv',
    'photo,kind\nx,1\n',
    {},
    'it has no column of images (image, path, file, filename, file_name, image_path, url), but "photo", "kind"; name it with `image`.'
  ],
  [
    'a.csv',
    'image,kind\nx,1\n',
    {},
    'it has no column of labels (label, class, target), but "image", "kind"; name it with `label`, or say `label: false`.'
  ],
  [
    'a.csv',
    'image,label\nx,1\n',
    { mask: 'masks' },
    'it has no column "masks", but "image", "label"; correct the option.'
  ],
  ['a.csv', 'image,image,label\nx,x,1\n', {}, 'there are two columns "image".'],
  ['a.csv', 'image,label\nx,1\ny\n', {}, 'line 3 has 1 cells, but there are 2 columns.'],
  ['a.csv', 'image,label\n"x\ny",1\nz,"1\n', {}, 'line 4: quoted field unterminated.'],
  [
    'a.csv',
    'image,label,boxes\nx,1,"[[1,2,3]]"\n',
    {},
    'line 2, column "boxes": expected boxes, as [[x1, y1, x2, y2, label?]'
  ],
  ['a.csv', 'image,label,boxes\nx,1,oops\n', {}, 'line 2, column "boxes": expected boxes, as'],
  [
    'a.csv',
    'image,label,boxes\nx,1,"[[10,20,5,30]]"\n',
    {},
    '(box 0 goes from 10, 20 to 5, 30: is it x, y, width, height?)'
  ],
  ['a.csv', 'image,label,keypoints\nx,1,"[{""x"":1}]"\n', {}, 'line 2, column "keypoints": expected keypoints, as'],
  ['a.csv', 'image,label,key\nx,1,\n', {}, 'line 2, column "key": expected a name, but it is empty.'],
  ['a.csv', 'image,label,mask\nx,1,\n', {}, 'line 2, column "mask": expected the path of an image, but it is empty.'],
  ['a.jsonl', '\n\n', {}, 'it is empty.'],
  ['a.jsonl', '{"image":"a","label":1}\n[1]', {}, 'line 2 is no JSON object.'],
  ['a.jsonl', '{"image":"a","label":1}\n{"image":', {}, 'line 2 is no JSON object.'],
  [
    'a.jsonl',
    '{"image":"a","label":1}\n{"label":1}',
    {},
    'line 2, column "image": expected the path of an image, but it is undefined.'
  ],
  [
    'a.jsonl',
    '{"image":"a","label":1}\n{"image":"a","label":1,"boxes":[]}',
    {},
    'line 2 has a "boxes", but the first row has none; name that column in the options.'
  ],
  [
    'a.jsonl',
    '{"image":"a","label":1,"boxes":[{"__proto__":{"x1":1,"y1":1,"x2":2,"y2":2}}]}',
    {},
    'expected boxes, as'
  ],
  [
    'a.jsonl',
    '{"image":"a","label":1}',
    { key: 'constructor' },
    'line 1, column "constructor": expected a name, but it is undefined.'
  ],
  ['a.csv', Uint8Array.from([0x69, 0xff, 0xfe, 0x0a]), {}, 'it is no text in UTF-8, somewhere after byte 0.'],
  [
    'a.csv',
    `image,label\na,1\n"${'x'.repeat(3 << 20)}",1\n`,
    {},
    'line 3 begins a row of more than 1048576 characters.'
  ],
  ['a.csv', `image,label\na,1\n${'x'.repeat(3 << 20)},1\n`, {}, 'line 3 begins a row of more than 1048576 characters.'],
  ['a.jsonl', `{"image":"a","label":1}\n{"image":"${'x'.repeat(3 << 20)}"}`, {}, 'line 2 begins a row of more than']
])('%#: %s is refused', async (name, text, options, message) => {
  expect(await failure(name, text, options)).toContain(message)
})

describe('paths', () => {
  test.each([
    '../x.jpg',
    'a/../../x.jpg',
    '/etc/passwd',
    'C:\\x.jpg',
    '..\\x.jpg',
    '\\\\host\\x.jpg',
    'http://a.org/x.jpg',
    '.'
  ])('%j does not leave the folder', async path => {
    const text = JSON.stringify({ image: path, label: 0 })
    expect(await failure('a.jsonl', `{"image":"ok.jpg","label":0}\n${text}`)).toBe(
      `line 2, column "image": the path ${JSON.stringify(path)} (string) leads out of ${dir}; write paths relative to that folder, or say with \`root\` where they may lead.`
    )
    expect(await failure('b.jsonl', JSON.stringify({ image: 'a', mask: path, label: 0 }))).toContain('column "mask"')
  })

  const paths = async (images: string[], options: ManifestOptions) => {
    const text = images.map(image => JSON.stringify({ image, label: 0 })).join('\n')
    return (await read('a.jsonl', text, options)).samples.map(({ image }) => (image as { path: string }).path)
  }

  test('lead to the root that is given', async () => {
    const root = join(dir, 'photos')
    expect(await paths(['a.jpg', 'b/../c.jpg', 'd\\e.jpg', `${root}/f.jpg`], { root })).toEqual(
      ['a.jpg', 'c.jpg', 'd/e.jpg', 'f.jpg'].map(name => join(root, name))
    )
    await expect(paths([`${root}s/f.jpg`], { root })).rejects.toThrow('leads out of')
    await expect(paths([`${root}/../f.jpg`], { root })).rejects.toThrow('leads out of')
    expect(await paths(['/data/a.jpg'], { root: '/' })).toEqual(['/data/a.jpg'])
  })

  test('lead to the URL that is given', async () => {
    const root = 'https://host.example/photos?token=1'
    const own = 'https://host.example/photos/x.jpg?sig=2'
    expect(await paths(['a b/#1?.jpg', own], { root })).toEqual([
      'https://host.example/photos/a%20b/%231%3F.jpg?token=1',
      own
    ])
    for (const path of [
      'https://host.example/photosx/x.jpg',
      'https://host.example/photos/%2e%2e/x.jpg',
      'https://host.example:8080/photos/x.jpg',
      'https://a:b@host.example/photos/x.jpg',
      'http://host.example/photos/x.jpg',
      '../x.jpg'
    ]) {
      await expect(paths([path], { root })).rejects.toThrow('leads out of https://host.example/photos?…;')
    }
    expect(await paths(['https://any.example/x.jpg'], { root: 'https://' })).toEqual(['https://any.example/x.jpg'])
    await expect(paths(['http://any.example/x.jpg'], { root: 'https://' })).rejects.toThrow('leads out of https://')
    await expect(paths(['x.jpg'], { root: 'https://' })).rejects.toThrow('leads out of https://')
  })
})

test('from a server: paths are relative to the URL of the manifest', async () => {
  const red = await sharp({ create: { width: 4, height: 2, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer()
  const list = 'image,label,mask\na 1.png,red,m.png\n'
  const mask = await sharp({ create: { width: 4, height: 2, channels: 3, background: '#000000' } })
    .png()
    .toBuffer()
  const { url } = await fileServer({ 'set/list.csv': Buffer.from(list), 'set/a 1.png': red, 'set/m.png': mask })
  const source = manifest(`${url}/set/list.csv?sig=1`, { seed: 1 })
  const [sample] = await collect(source)
  expect(sample).toMatchObject({ key: 'a 1.png', label: 0, image: { path: `${url}/set/a%201.png?sig=1` } })
  await forEachBatch(source.pipe(batch(1)), ({ images, masks }) => {
    expect([[...images.subarray(0, 3)], [...masks!]]).toEqual([[255, 0, 0], new Array(8).fill(0)])
  })
  await expect(collect(manifest(`${url}/set/none.csv`))).rejects.toThrow('404')
})

describe('order and identity', () => {
  const rows = (n: number, label = (i: number) => i % 5) =>
    `image,label\n${Array.from({ length: n }, (_, i) => `${i}.jpg,${label(i)}`).join('\n')}`

  test('shuffle, subset, shard and resume are exact', async () => {
    const path = await put('a.csv', rows(200))
    const keys = async (options: ManifestOptions) => (await collect(manifest(path, options))).map(({ key }) => key)
    const all = await keys({ seed: 7, shuffle: true, epochs: 2 })
    expect(new Set(all.slice(0, 200)).size).toBe(200)
    expect(all.slice(200)).not.toEqual(all.slice(0, 200))
    const source = manifest(path, { seed: 7, shuffle: true, epochs: 2 })
    const resume = cursorAt(await source.info(), { epoch: 1, position: 50 })
    expect(await keys({ resume })).toEqual(all.slice(250))
    const shards = await Promise.all(
      [0, 1, 2].map(index => keys({ seed: 7, shuffle: true, shard: { index, count: 3 } }))
    )
    expect(shards.flat().sort()).toEqual(all.slice(0, 200).sort())
    const parts = [await keys({ subset: [0, 0.9] }), await keys({ subset: [0.9, 1] })]
    expect([parts[0]!.length, new Set(parts.flat()).size]).toEqual([180, 200])
  })

  test('a cursor belongs to keys, labels, boxes and classes', async () => {
    const print = async (text: string, options: ManifestOptions = {}) =>
      (await manifest(await put('a.csv', text), options).info()).fingerprint
    const own = await print(rows(20))
    expect(await print(rows(20).replaceAll('\n', '\r\n'), { seed: 3, shuffle: true, root: '/x' })).toBe(own)
    const others = [
      await print(rows(21)),
      await print(rows(20).replace('4.jpg', '5.jpg')),
      await print(rows(20, i => (i === 7 ? 3 : i % 5))),
      await print(rows(20), { classes: 6 }),
      await print('image,label,boxes\na,0,"[[1,2,3,4]]"'),
      await print('image,label,boxes\na,0,"[[1,2,3,5]]"')
    ]
    expect(new Set([own, ...others]).size).toBe(others.length + 1)
  })
})

test('rows take as much memory as their bytes, not as objects do', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => `train/class${i % 1000}/image_${i}.jpg,class${i % 1000}\n`)
  const path = await put('large.csv', `image,label\n${rows.join('')}`)
  const program = `
    import { manifest } from 'millrace'
    const used = () => (gc(), process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed)
    const source = manifest(${JSON.stringify(path)})
    await manifest(${JSON.stringify(path)}, { subset: [0, 0.5] }).info() // code that is compiled once
    const before = used()
    const { size } = await source.info()
    await new Promise(resolve => setImmediate(resolve))
    process.stdout.write(JSON.stringify([size, used() - before]))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '-e', program])
  const [size, bytes] = JSON.parse(stdout) as [number, number]
  expect(size).toBe(rows.length)
  expect(bytes).toBeLessThan(100_000 * 60) // 29 of the path, 8 of its place, 4 of the label
})

test.each<[string, object, RegExp]>([
  ['list.csv', { image: '' }, /`image` must be the name of a column/],
  ['list.csv', { label: [] }, /`label` must be the name of a column, a list of such names, or false/],
  ['list.csv', { colums: [] }, /`colums` must be one of the options/],
  ['list.txt', {}, /`format` must be 'csv', 'tsv' or 'jsonl' where the name of the file does not end so/],
  ['list.csv', { format: 'xml' }, /`format` must be one of 'csv', 'tsv', 'jsonl'/],
  ['list.jsonl', { columns: ['a'] }, /`columns` must be a list of names, for CSV or TSV/],
  ['', {}, /`location` must be the path or URL of a file/],
  ['list.csv', { root: 3 }, /`root` must be a folder or a URL/]
])('options %j %j are checked at the call', (location, options, message) => {
  expect(() => manifest(location, options)).toThrow(message)
})
