import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { imageFolder } from '#dist/sources/imageFolder.js'
import { collect, cursorAt } from './collect.js'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), '')
  }
}

const keys = async (options: object = {}) => (await collect(imageFolder(dir, options))).map(s => s.key)

describe('imageFolder', () => {
  test('labels by folder, in byte order, at whatever depth', async () => {
    // U+FF5E comes before U+1F600 in bytes, but after it in UTF-16; é after z, whatever the locale.
    await put('b/2.png', 'b/10.JPG', 'b/deep/er/1.webp', 'a-b/x.tif', 'a/x.jpeg', 'Z/x.gif')
    await put('a/\u{1F600}.avif', 'a/\uFF5E.tiff', 'a/é.jpg', 'a/z.jpg')
    const samples = await collect(imageFolder(dir))
    expect(samples.map(s => `${s.label} ${s.key}`)).toEqual([
      '0 Z/x.gif',
      '1 a/x.jpeg',
      '1 a/z.jpg',
      '1 a/é.jpg',
      '1 a/\uFF5E.tiff',
      '1 a/\u{1F600}.avif',
      '2 a-b/x.tif',
      '3 b/10.JPG',
      '3 b/2.png',
      '3 b/deep/er/1.webp'
    ])
    expect(samples[0]!.image).toEqual({ kind: 'file', path: `${dir}/Z/x.gif` })
    const { classes, classNames, size, shape } = await imageFolder(dir).info()
    expect({ classes, classNames, size, shape }).toEqual({
      classes: 4,
      classNames: ['Z', 'a', 'a-b', 'b'],
      size: 10,
      shape: undefined
    })
  })

  test('skips what is hidden or no image, follows links, and does not go round', async () => {
    await put('a/1.jpg', 'a/.2.jpg', '.git/3.jpg', 'a/notes.txt', 'loose.jpg', 'a/.x/4.jpg', 'a/fake.jpg/5.png')
    await symlink(join(dir, 'a'), join(dir, 'b'), 'dir')
    await symlink(dir, join(dir, 'a', 'up'), 'dir')
    await put('c/1.jpg', 'd/1.jpg')
    await symlink(join(dir, 'd'), join(dir, 'c', 'd'), 'dir')
    await symlink(join(dir, 'c'), join(dir, 'd', 'c'), 'dir')
    await symlink(join(dir, 'nowhere.jpg'), join(dir, 'a', 'broken.jpg'))
    await symlink(join(dir, 'loose.jpg'), join(dir, 'a', 'linked.jpg'))
    const inEach = ['1.jpg', 'fake.jpg/5.png', 'linked.jpg']
    const expected = ['a', 'b'].flatMap(name => inEach.map(file => `${name}/${file}`))
    expect(await keys()).toEqual([...expected, 'c/1.jpg', 'c/d/1.jpg', 'd/1.jpg', 'd/c/1.jpg'])
  })

  test('takes the order of the classes from `classes`, with classes that have no images here', async () => {
    await put('cat/1.jpg', 'dog/1.jpg', 'junk/readme.txt')
    const source = imageFolder(dir, { classes: ['dog', 'emu', 'cat'] })
    expect((await collect(source)).map(s => [s.key, s.label])).toEqual([
      ['dog/1.jpg', 0],
      ['cat/1.jpg', 2]
    ])
    expect((await source.info()).classNames).toEqual(['dog', 'emu', 'cat'])
    await expect(keys({ classes: ['cat'] })).rejects.toThrow('has a class folder dog that `classes` does not list')
    await expect(keys()).rejects.toThrow('junk has no images; put images in it, remove it, or list the classes')
    expect(() => imageFolder(dir, { classes: 3 as never })).toThrow('`classes` must be a list of folder names')
  })

  test('is told by its keys and classes, not by its place', async () => {
    await put('one/a/1.jpg', 'one/b/1.jpg', 'two/a/1.jpg', 'two/b/1.jpg', 'three/a/1.jpg', 'three/b/2.jpg')
    const print = async (name: string, options: object = {}) =>
      (await imageFolder(join(dir, name), options).info()).fingerprint
    expect(await print('one')).toBe(await print('two', { seed: 4, shuffle: true }))
    expect(await print('one')).not.toBe(await print('three'))
    expect(await print('one')).not.toBe(await print('one', { classes: ['b', 'a'] }))
    const resume = cursorAt(await imageFolder(join(dir, 'one')).info(), { position: 1 })
    expect((await collect(imageFolder(join(dir, 'two'), { resume }))).map(s => s.key)).toEqual(['b/1.jpg'])
    await expect(collect(imageFolder(join(dir, 'three'), { resume }))).rejects.toThrow('belongs to other data')
  })

  test('is looked through once, and again where that failed', async () => {
    const source = imageFolder(dir)
    await expect(source.info()).rejects.toThrow('found 0 folders')
    await put('a/1.jpg')
    expect((await collect(source)).length).toBe(1)
    await put('a/2.jpg')
    expect((await collect(source)).length).toBe(1)
    expect((await keys()).length).toBe(2)
  })

  test('says what is wrong with a folder', async () => {
    await expect(collect(imageFolder(join(dir, 'none')))).rejects.toThrow(
      'none cannot be read: there is no such folder.'
    )
    await put('1.jpg', '2.PNG', 'a/x.txt', 'a/y.txt', 'b/z')
    await expect(collect(imageFolder(join(dir, '1.jpg')))).rejects.toThrow('1.jpg cannot be read: it is no folder.')
    await expect(keys()).rejects.toThrow(
      `${dir} has no images in class folders; expected ${dir}/<class>/<image> with .jpg .jpeg .png .webp .avif .gif .tif .tiff, found 2 folders, 2 images outside of class folders, 2 × .txt, 1 × (none).`
    )
    expect(() => imageFolder('')).toThrow('`dir` must be the path of a folder')
    expect(() => imageFolder(dir, { clases: [] } as never)).toThrow('`clases` must be one of the options classes, seed')
  })
})
