import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { besideOf, nameOf } from '#dist/storage/location.js'
import { openBytes } from '#dist/storage/openBytes.js'
import { readAll, readText } from '#dist/storage/readAll.js'
import { within } from '#dist/storage/within.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
})

test('parts are those of the file, by the rules of slice', async () => {
  const path = join(dir, 'a.bin')
  const data = Uint8Array.from({ length: 1000 }, (_, i) => i)
  await writeFile(path, data)
  const file = await openBytes(path)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1100, max: 1100 }),
      fc.option(fc.integer({ min: -1100, max: 1100 }), { nil: undefined }),
      async (start, end) => {
        expect(Buffer.from(await file.slice(start, end)).equals(data.slice(start, end))).toBe(true)
      }
    )
  )
  expect(Buffer.from(await readAll(path)).equals(data)).toBe(true)
})

test('text is read without a mark before it', async () => {
  await writeFile(join(dir, 'a.csv'), '\uFEFFname,größe')
  expect(await readText(join(dir, 'a.csv'))).toBe('name,größe')
})

test('what cannot be read says why', async () => {
  await writeFile(join(dir, 'a.bin'), 'abc')
  await expect(openBytes(join(dir, 'no'))).rejects.toThrow(`${dir}/no cannot be read: there is no such file.`)
  await expect(openBytes(dir)).rejects.toThrow('it is a folder')
  await expect(openBytes(join(dir, 'a.bin/b'))).rejects.toThrow('there is no such file')
  await expect(readAll(join(dir, 'a.bin'), { maxBytes: 2 })).rejects.toThrow('has 3 bytes, more than the 2')
  await expect(openBytes(join(dir, 'a.bin'), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough'
  )
})

test('a file that changes or goes is refused', async () => {
  const path = join(dir, 'a.bin')
  await writeFile(path, 'abc')
  const file = await openBytes(path)
  await writeFile(path, 'abcd')
  await expect(file.slice(0, 2)).rejects.toThrow('changed while it was being read')
  await rm(path)
  await expect(file.slice(0, 2)).rejects.toThrow('there is no such file')
  await mkdir(path)
  await expect(file.slice(0, 2)).rejects.toThrow('changed while it was being read')
})

test('no path leads out of its root', () => {
  expect(within('/data', 'a/b.jpg')).toBe(join('/data', 'a', 'b.jpg'))
  expect(within('/data', './a//x/../b..jpg')).toBe(join('/data', 'a', 'b..jpg'))
  for (const path of [
    '',
    '.',
    '..',
    '../a',
    'a/../../b',
    '/etc/passwd',
    '\\a',
    'C:\\a',
    'c:a',
    'a\\..\\..\\b',
    'a\0b',
    'a/..'
  ]) {
    expect(() => within('/data', path)).toThrow('leads out of /data')
  }
  const segment = fc.constantFrom('..', '.', '', 'a', 'b', '...', '/', '\\', 'C:')
  fc.assert(
    fc.property(
      fc.array(segment).map(parts => parts.join('/')),
      path => {
        let inside: string
        try {
          inside = within('/data', path)
        } catch {
          return
        }
        expect(inside.startsWith('/data/')).toBe(true)
        expect(inside.split('/')).not.toContain('..')
      }
    )
  )
})

test('names and neighbours of locations', () => {
  expect(nameOf('/a/b/c.tar')).toBe('c.tar')
  expect(nameOf('c.tar')).toBe('c.tar')
  expect(nameOf('https://host/a/c.tar?x=/d')).toBe('c.tar')
  expect(besideOf('/a/c.tar', name => `${name}.json`)).toBe('/a/c.tar.json')
  expect(besideOf('https://host/a/c.tar?x=1', name => `${name}.json`)).toBe('https://host/a/c.tar.json?x=1')
})
