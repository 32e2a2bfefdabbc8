import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { concat, lastValueFrom, map, NEVER, take, tap, toArray } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contactSheet } from '#dist/sinks/contactSheet.js'
import { memorySource } from '../support/memorySource.js'
import { settled } from '../support/turns.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-sheet-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** The colours in the middle of the first row's images, eight pixels to a side, enlarged twelve times. */
async function pixelAt(path: string, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true })
  return [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
}

describe('contactSheet', () => {
  it('draws the first batches and lets all pass, unchanged', async () => {
    const path = join(folder, 'new', 'sheet.png')
    const { source, made, held } = memorySource({ batches: 5 })
    const pixels: number[][] = []
    const passed = await lastValueFrom(
      source.pipe(
        contactSheet(path, { batches: 2 }),
        tap(batch => {
          expect(batch).toBe(made[batch.index])
          if (batch.index === 0) for (const i of [0, 1]) pixels.push([...batch.images.subarray(i * 192, i * 192 + 3)])
          batch.release()
        }),
        map(batch => batch.index),
        toArray()
      )
    )
    expect(passed).toEqual([0, 1, 2, 3, 4])
    expect(held()).toBe(0)
    // Margins of 16, a title of 24; cells of 96 with gaps of 12; two batches below each other.
    expect(await sharp(path).metadata()).toMatchObject({ format: 'png', width: 32 + 4 * 96 + 3 * 12, channels: 3 })
    expect(await pixelAt(path, 16, 40)).toEqual(pixels[0])
    expect(await pixelAt(path, 16 + 96 + 12, 40)).toEqual(pixels[1])
    expect(await readdir(join(folder, 'new'))).toEqual(['sheet.png'])
  })

  it('shows the image as it was before it was normalised', async () => {
    const normalization = { mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] }
    const paths = ['uint8', 'float32'].map(format => join(folder, `${format}.png`))
    for (const [i, format] of (['uint8', 'float32'] as const).entries()) {
      const { source } = memorySource({ batches: 1, format, normalization })
      await lastValueFrom(source.pipe(contactSheet(paths[i]!)))
    }
    const [bytes, floats] = await Promise.all(paths.map(path => sharp(path).raw().toBuffer()))
    expect(floats!.equals(bytes!)).toBe(true)
  })

  it('has written the file when the last batch of the sheet passes, so that take(1) is enough', async () => {
    const path = join(folder, 'taken.png')
    const source = concat(memorySource().source, NEVER)
    await lastValueFrom(source.pipe(contactSheet(pathToFileURL(path)), take(1)))
    expect((await sharp(path).metadata()).format).toBe('png')
  })

  it('draws what there was of a short stream, before it completes', async () => {
    const path = join(folder, 'short.png')
    const { source } = memorySource({ batches: 2 })
    await lastValueFrom(source.pipe(contactSheet(path, { batches: 9, maxImages: 1, columns: 3, scale: 5 })))
    expect((await sharp(path).metadata()).width).toBe(32 + 96)
  })

  it('gives errors of writing to the subscriber and releases the batch', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const { source, held, open } = memorySource()
    await expect(lastValueFrom(source.pipe(contactSheet(join(file, 'sheet.png'))))).rejects.toThrow(/ENOTDIR|EEXIST/)
    await settled()
    expect([held(), open()]).toEqual([0, 0])
  })

  it('can be used on two sources, each with a state of its own', async () => {
    const path = join(folder, 'twice.png')
    const draw = contactSheet(path)
    for (const size of [8, 16]) {
      await lastValueFrom(memorySource({ size, n: size / 8, batches: 1 }).source.pipe(draw))
      expect((await sharp(path).metadata()).width).toBe(32 + (size / 8) * 96 + (size / 8 - 1) * 12)
    }
  })

  it.each([
    ['', {}, /`path`/],
    ['x.png', { batches: 0 }, /`batches`/],
    ['x.png', { columns: 1.5 }, /`columns`/],
    ['x.png', { scale: -1 }, /`scale`/],
    ['x.png', { maxImages: 0 }, /`maxImages`/],
    ['x.png', { rows: 3 }, /`rows` must be one of the options/]
  ])('refuses %j, %j', (path, options, message) => {
    expect(() => contactSheet(path, options as never)).toThrow(message)
  })
})
