/** The command line, run as people run it. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import sharp from 'sharp'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operatorNames } from '#dist/cli/operators.js'
import { ExpressionError, parseCall } from '#dist/cli/parse.js'
import packageJson from '../../package.json' with { type: 'json' }

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  for (const [name, color] of [
    ['cats', 'orange'],
    ['dogs', '#108888']
  ] as const) {
    await mkdir(join(folder, 'photos', name), { recursive: true })
    for (const i of [1, 2, 3]) {
      const image = sharp({ create: { width: 90 + 10 * i, height: 80, channels: 3, background: color } })
      await image.jpeg().toFile(join(folder, 'photos', name, `${i}.jpg`))
    }
  }
  await mkdir(join(folder, 'empty'))
  await writeFile(join(folder, 'empty', 'notes.txt'), 'no image')
})

afterAll(() => rm(folder, { recursive: true }))

function millrace(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [main, ...args], { cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: String(out), err: String(err) })
    })
  })
}

describe('preview', () => {
  test('draws originals and results side by side', async () => {
    const { code, out, err } = await millrace(
      'preview',
      'photos',
      '--op',
      'cutout({ size: 20 })',
      '--op',
      'mixUp()',
      '--rows',
      '3',
      '--variants',
      '2',
      '--size',
      '64'
    )
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe('preview.png: cutout({ size: 20 })   mixUp()\n')
    const { data, info } = await sharp(await readFile(join(folder, 'preview.png')))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(info.width).toBeGreaterThan(3 * 96)
    expect(info.height).toBeGreaterThan(3 * 96)
    // Orange and teal are there, as they were, and mixed.
    const colors = new Set<string>()
    for (let i = 0; i < data.length; i += 3) colors.add(`${data[i]! >> 5},${data[i + 1]! >> 5},${data[i + 2]! >> 5}`)
    expect(colors.has('7,5,0') && colors.has('0,4,4')).toBe(true)
    expect(colors.size).toBeGreaterThan(4)
  })

  test('the same seed draws the same picture, another one another', async () => {
    const draw = async (seed: string, out: string) => {
      await millrace(
        'preview',
        'photos',
        '--op',
        'randomErasing({ p: 1 })',
        '--seed',
        seed,
        '--rows',
        '2',
        '--out',
        out
      )
      return readFile(join(folder, out))
    }
    const [first, again, other] = [await draw('1', 'a.png'), await draw('1', 'b.png'), await draw('2', 'c.png')]
    expect(again.equals(first)).toBe(true)
    expect(other.equals(first)).toBe(false)
  })

  test('--all draws every operator', async () => {
    const { code, out } = await millrace(
      'preview',
      'photos',
      '--all',
      '--variants',
      '1',
      '--size',
      '40',
      '--out',
      'all.png'
    )
    expect([code, out]).toEqual([0, `all.png: ${operatorNames().length} operators\n`])
    expect((await sharp(join(folder, 'all.png')).metadata()).height).toBeGreaterThan(100 * operatorNames().length)
  })

  test.each([
    [['photos', '--op', 'cutMx()'], /There is no operator cutMx. Did you mean cutMix/],
    [['photos', '--op', 'zzzzzzzzzzzzzzzzzzzzzz()'], /There is no operator zz.*There are resize/],
    [['photos', '--op', 'prefetch(2)'], /prefetch changes no picture/],
    [['photos', '--op', 'cutout({ sise: 3 })'], /cutout: `sise` must be one of the options/],
    [['photos', '--op', 'cutout({ size: -3 })'], /cutout: `size` must be/],
    [['photos', '--op', 'cutout({ size 3 })'], /\^ expected ":", but found "3 }\)"/],
    [['photos', '--op', 'cutout()', '--rows', 'x'], /--rows must be a whole number of at least 1, but is x/],
    [['photos', '--op', 'cutout()', '--all'], /or else --all/],
    [['photos'], /Give one or more --op/],
    [['photos', 'other', '--all'], /One folder or data set is expected/],
    [['nowhere', '--all'], /nowhere is neither a folder, a manifest .*, a Parquet file, shards .*, cifar10 nor mnist/],
    [['photos', '--all', '--root', '.'], /--root is not for folders/],
    [['photos', '--opp', 'cutout()'], /Unknown option '--opp'/],
    [[], /Say which images/]
  ])('%j is answered with what to do, and no stack', async (args, message) => {
    const { code, out, err } = await millrace('preview', ...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(err).not.toMatch(/ {4}at /)
  })

  test('an image that cannot be read is named', async () => {
    await mkdir(join(folder, 'broken'))
    await writeFile(join(folder, 'broken', 'x.jpg'), 'no jpeg')
    const { code, err } = await millrace('preview', 'broken', '--op', 'cutout()')
    expect(code).toBe(1)
    expect(err).toMatch(/x\.jpg/)
    expect(err).not.toMatch(/ {4}at /)
  })
})

describe('bench', () => {
  test('tells how fast images become batches, and what limits that', async () => {
    const { code, out, err } = await millrace('bench', 'photos', '--size', '32', '--batch', '4', '--batches', '6')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^24 images in \d+\.\d s: \d+ images a second\n/)
    expect(out).toMatch(/µs for each image in the workers: read \d+, draw \d+, decode \d+, randomResizedCrop \d+,/)
    expect(out).toMatch(/decoder: .*sharp \d/)
    expect(out).toMatch(/limited by: \S/)
  })

  test.each([
    [['photos', '--batches', '0'], 2, /--batches must be a whole number of at least 1, but is 0/],
    [['photos', 'other'], 2, /One folder or data set is expected, but other came as well/],
    [['empty'], 1, /holds no image/],
    [[], 2, /Say which images/]
  ])('%j is answered with what to do', async (args, code, message) => {
    expect(await millrace('bench', ...args)).toMatchObject({ code, err: expect.stringMatching(message) })
  })
})

describe('stats', () => {
  test('tells sizes, classes, mean and deviation', async () => {
    const { code, out, err } = await millrace('stats', 'photos')
    expect([code, err]).toEqual([0, ''])
    const [images, width, height, pixels, mean, std, ...classes] = out.split('\n')
    expect([images, width, height]).toEqual(['6 images', 'width   100 to 120, median 110', 'height  80'])
    expect(pixels).toBe('pixels  5793 |▄█| 11585')
    // Orange is 255, 165, 0; #108888 is 16, 136, 136.
    const numbers = (line: string | undefined) => JSON.parse(line!.slice(8)) as number[]
    expect(numbers(mean)).toEqual([271 / 510, 301 / 510, 136 / 510].map(value => expect.closeTo(value, 1)))
    expect(numbers(std)).toEqual([239 / 510, 29 / 510, 136 / 510].map(value => expect.closeTo(value, 1)))
    expect(classes).toEqual(['classes 2', '  cats  3', '  dogs  3', ''])
  })

  test('lists what is broken, and ends with 1', async () => {
    await mkdir(join(folder, 'mixed'))
    const good = await readFile(join(folder, 'photos', 'cats', '1.jpg'))
    await writeFile(join(folder, 'mixed', 'a.jpg'), good)
    await writeFile(join(folder, 'mixed', 'cut.jpg'), good.subarray(0, good.length / 2))
    for (let i = 0; i < 70; i++) await writeFile(join(folder, 'mixed', `none ${i}.png`), '')
    const { code, out, err } = await millrace('stats', 'mixed', '--broken', '3')
    expect([code, err]).toEqual([1, '71 of 72 images are broken.\n'])
    expect(out).toMatch(
      /^1 images\nwidth {3}100\nheight {2}80\nmean .*\nstd .*\nbroken {2}71\n {2}cut\.jpg: .*truncated or damaged/
    )
    expect(out).toMatch(/ {2}none \d+\.png: .*empty.*\n {2}… and 68 more; --broken 71 lists all\n$/)
    const all = JSON.parse((await millrace('stats', 'mixed', '--broken', '99', '--json')).out) as Record<
      string,
      unknown
    >
    expect(all).toMatchObject({ images: 1, width: { min: 100, median: 100, max: 100 }, broken: { images: 71 } })
    expect((all.broken as { listed: unknown[] }).listed.length).toBe(71)
    expect(all.classes).toBeUndefined()
    await rm(join(folder, 'mixed', 'a.jpg'))
    expect(await millrace('stats', 'mixed', '--broken', '0')).toMatchObject({
      code: 1,
      out: '0 images\nbroken  71\n  … and 71 more; --broken 71 lists all\n'
    })
  })

  test('of a manifest and of a Parquet file', async () => {
    await writeFile(join(folder, 'list.csv'), 'photo,species\ncats/1.jpg,cat\ndogs/1.jpg,dog\ndogs/2.jpg,dog\n')
    const list = await millrace('stats', 'list.csv', '--image', 'photo', '--label', 'species', '--root', 'photos')
    expect(list).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^3 images\n.*classes 2\n {2}cat {2}1\n {2}dog {2}2\n$/s)
    })
    const parquet = fileURLToPath(new URL('../fixtures/parquet/hf-0.parquet', import.meta.url))
    expect((await millrace('stats', parquet)).out).toMatch(
      /^23 images\nwidth {3}4\nheight {2}3\nmean {4}\[0\.0431, 0\.9569, 0\.0275\]/
    )
    expect(await millrace('stats', 'list.csv')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^manifest: list\.csv: it has no column of images .*name it with `image`\.\n$/)
    })
  })

  test('of shards, by a file or their folder', async () => {
    await mkdir(join(folder, 'shards'))
    const archive = pack()
    for (const i of [1, 2, 3]) {
      archive.entry({ name: `${i}.jpg` }, await readFile(join(folder, 'photos', i < 3 ? 'cats' : 'dogs', `${i}.jpg`)))
      archive.entry({ name: `${i}.txt` }, i < 3 ? 'cat' : 'dog')
    }
    archive.finalize()
    await writeFile(join(folder, 'shards', 'a.tar'), archive as unknown as AsyncIterable<Uint8Array>)
    const { code, out } = await millrace('stats', 'shards/a.tar')
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^3 images\nwidth {3}100 to 120.*classes 2\n {2}cat {2}2\n {2}dog {2}1\n$/s)
    ])
    expect((await millrace('stats', 'shards')).out).toBe(out)
  })

  test.each([
    [['photos', '--broken', 'x'], 2, /--broken must be a whole number of at least 0, but is x/],
    [['photos', '--jsn'], 2, /Unknown option '--jsn'/],
    [['nowhere'], 2, /nowhere is neither a folder, a manifest/],
    [['nowhere.csv'], 1, /nowhere\.csv cannot be read: there is no such file/],
    [['empty'], 1, /holds no image/],
    [[], 2, /Say which images: a folder, a manifest/]
  ])('%j is answered with what to do', async (args, code, message) => {
    expect(await millrace('stats', ...args)).toMatchObject({ code, out: '', err: expect.stringMatching(message) })
  })
})

test('help, version, and a command that is none', async () => {
  expect(await millrace('--version')).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' })
  expect((await millrace('--help')).out).toMatch(/preview/)
  expect((await millrace('preview', '--help')).out).toMatch(/--variants N/)
  expect(await millrace('trian')).toMatchObject({ code: 2, err: expect.stringMatching(/There is no command trian/) })
})

describe('expressions', () => {
  test('calls with nested calls, lists and objects', () => {
    const text = 'oneOf([sometimes(.5, flip), cut({ size: [1, -2e1], fill: \'mean\', "p": 1, x: { y: null } })], 1_000)'
    const call = parseCall(text)
    expect(call).toMatchObject({
      name: 'oneOf',
      args: [
        [
          { name: 'sometimes', args: [0.5, { name: 'flip', args: [] }] },
          { name: 'cut', args: [{ size: [1, -20], fill: 'mean', p: 1, x: { y: null } }] }
        ],
        1000
      ]
    })
  })

  test('whatever is typed gives a call or an error that shows the place', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z({[\]}),:'" 0-9.]{0,20}$/)), text => {
        try {
          expect(typeof parseCall(text).name).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError)
          expect((error as Error).message).toMatch(/\^ expected/)
        }
      }),
      { numRuns: 2000, seed: 3 }
    )
  })

  test('names of what every object has are no values', () => {
    for (const text of ['constructor()', '__proto__', 'toString({ __proto__: 1 })']) {
      expect(typeof parseCall(text).name).toBe('string')
    }
  })
})
