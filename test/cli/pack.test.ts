/** `millrace pack`, run as people run it. */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { imageFolder, type Sample, tarShards } from 'millrace'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberNames } from '#dist/cli/memberNames.js'
import { pack as command } from '#dist/cli/pack.js'
import { temporaryFolder, writePhotos } from '../engine/support.js'
import { collect } from '../sources/collect.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder.path, 'photos'), 40)
})
afterAll(() => folder.remove())

function pack(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [main, 'pack', ...args], { cwd: folder.path }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: String(out), err: String(err) })
    })
  })
}

/** Names and hashes of all that was made. */
async function made(out: string): Promise<Record<string, string>> {
  const names = (await readdir(join(folder.path, out))).sort()
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder.path, out, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await hash(name)] as const)))
}

async function bytesOf({ image }: Sample): Promise<Buffer> {
  if (image.kind === 'file') return readFile(image.path)
  const { location, offset, length } = image as Extract<Sample['image'], { kind: 'range' }>
  return (await readFile(location)).subarray(offset, offset + length)
}

test('packs the images as they are, with labels and classes', async () => {
  expect(await pack('photos', 'plain', '--shard-size', '20kB')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^plain: 40 images in [3-9]\d* shards\n$/),
    err: expect.stringContaining('shard-000000.tar: ')
  })
  const [files, shards] = [imageFolder(join(folder.path, 'photos')), tarShards(join(folder.path, 'plain'))]
  expect((await shards.info()).classNames).toEqual((await files.info()).classNames)
  const [before, after] = [await collect(files), await collect(shards)]
  expect(after.map(({ key, label }) => [key, label])).toEqual(
    before.map(({ key, label }) => [key.replace(/\.\w+$/, ''), label])
  )
  for (const [i, sample] of after.entries())
    expect((await bytesOf(sample)).equals(await bytesOf(before[i]!))).toBe(true)
  const index = join(folder.path, 'plain/shard-000000.tar.index.json')
  await rm(index)
  const scanned = await collect(tarShards(join(folder.path, 'plain'), { classes: ['a', 'b'] }))
  expect(scanned.map(({ image }) => image)).toEqual(after.map(({ image }) => image))
})

test('the same bytes again, whatever the times and the jobs; a finished run is recognised', async () => {
  await cp(join(folder.path, 'photos'), join(folder.path, 'copy'), { recursive: true })
  await utimes(join(folder.path, 'copy/a/00.png'), 1, 1)
  await chmod(join(folder.path, 'copy/a/00.png'), 0o600)
  const options = ['--shard-size', '9kB', '--shorter-side', '20', '--quality', '80']
  await pack('photos', 'one', ...options, '--jobs', '1')
  await pack('copy', 'two', ...options, '--jobs', '5')
  const one = await made('one')
  expect(Object.keys(one).length).toBeGreaterThan(5)
  expect(await made('two')).toEqual(one)
  const again = await pack('photos', 'one', ...options)
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringMatching(/40 images in \d+ shards \(they were there already\)/)
  })
  expect(await made('one')).toEqual(one)
  for (const sample of await collect(tarShards(join(folder.path, 'one')))) {
    const { format, width, height } = await sharp(await bytesOf(sample)).metadata()
    expect([format, Math.min(width, height)]).toEqual(['jpeg', 20])
  }
})

describe('a run that was stopped', () => {
  const options = ['--shard-size', '9kB', '--quality', '80']

  test('goes on, and makes the bytes of one that was not', async () => {
    await pack('photos', 'whole', ...options)
    const whole = await made('whole')
    const child = spawn(process.execPath, [main, 'pack', 'photos', 'stopped', ...options], { cwd: folder.path })
    await new Promise<void>(resolve => child.stderr.once('data', () => resolve()))
    child.kill('SIGKILL')
    await new Promise(resolve => child.once('exit', resolve))
    // As if it had also been stopped between a shard and its index, and within a shard.
    const there = (await readdir(join(folder.path, 'stopped'))).filter(name => name.endsWith('.index.json'))
    expect(there.length).toBeGreaterThan(0)
    if (there.length > 1) await rm(join(folder.path, 'stopped', there.at(-1)!))
    await writeFile(join(folder.path, 'stopped', 'shard-000009.tar.part'), 'half')
    const { code, err } = await pack('photos', 'stopped', ...options)
    expect(code).toBe(0)
    if (there.length > 1) expect(err).toMatch(/\d+ shards with the first \d+ of 40 images are there already; going on/)
    await rm(join(folder.path, 'stopped', 'shard-000009.tar.part'), { force: true })
    expect(await made('stopped')).toEqual(whole)
  })

  test('and whose last shard was cut makes that one anew', async () => {
    await pack('photos', 'cut', ...options)
    const whole = await made('cut')
    await writeFile(
      join(folder.path, 'cut/pack.json'),
      (await readFile(join(folder.path, 'cut/pack.json'), 'utf8')).replace('true', 'false')
    )
    await truncate(join(folder.path, 'cut/shard-000001.tar'), 1000)
    await pack('photos', 'cut', ...options)
    expect(await made('cut')).toEqual(whole)
  })
})

test('broken images stop it, or are left out and named', async () => {
  await cp(join(folder.path, 'photos'), join(folder.path, 'broken'), { recursive: true })
  await writeFile(join(folder.path, 'broken/a/04.jpg'), 'no image')
  const stopped = await pack('broken', 'broken-out', '--quality', '80')
  expect(stopped).toMatchObject({ code: 1, err: expect.stringMatching(/a\/04\.jpg cannot be packed: .*--skip-broken/) })
  const { code, out, err } = await pack('broken', 'broken-skip', '--quality', '80', '--skip-broken')
  expect([code, out]).toEqual([0, 'broken-skip: 39 images in 1 shards, 1 broken ones left out\n'])
  expect(err).toContain('left out broken/a/04.jpg')
  expect(await collect(tarShards(join(folder.path, 'broken-skip')))).toHaveLength(39)
})

test('names that WebDataset would cut or mix up are made different', () => {
  expect(memberNames(['a/x.v1.jpg', 'a/x.v2.JPG', 'a/x_v1.png', 'a.b/x.jpg', 'a/..jpg', 'a/b\\c.jpg'])).toEqual([
    'a/x_v1.jpg',
    'a/x_v2.jpg',
    'a/x_v1_2.png',
    'a.b/x.jpg',
    'a/_.jpg',
    'a/b_c.jpg'
  ])
})

test.each<[string[], RegExp]>([
  [[], /Two folders are expected/],
  [['photos'], /Two folders are expected/],
  [['photos', 'o', 'p'], /Two folders are expected/],
  [['photos', 'o', '--shard-size', 'big'], /--shard-size must be a number of bytes, such as 500MB, but is big/],
  [['photos', 'o', '--quality', '101'], /--quality must be between 1 and 100/],
  [['photos', 'o', '--shorter-side', '0'], /--shorter-side must be a whole number of at least 1/],
  [['photos', 'o', '--what'], /--what/]
])('%j is refused', async (args, message) => {
  await expect(command(args)).rejects.toThrow(message)
})

test('exit codes tell wrong words from wrong data', async () => {
  expect(await pack('photos')).toMatchObject({ code: 2, err: expect.stringContaining('Two folders are expected') })
  expect(await pack('nowhere', 'o')).toMatchObject({ code: 1, err: expect.stringContaining('there is no such folder') })
  expect(await pack('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--shard-size SIZE') })
})

test('a folder with other shards is left alone', async () => {
  const at = (name: string): string => join(folder.path, name)
  await mkdir(at('foreign'))
  await writeFile(at('foreign/shard-000000.tar'), '')
  await expect(command([at('photos'), at('foreign')])).rejects.toThrow(/foreign holds shards that this command did not/)
  const other = command([at('photos'), at('plain'), '--shard-size', '1MB'])
  await expect(other).rejects.toThrow(/plain holds shards of other images, or made with other options/)
})
