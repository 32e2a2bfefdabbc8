/** Samples that cannot be made: what they are, and what becomes of their batch. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { batch, defineTransform, type Fault, imageFolder, indexed, iterable, mixUp, resize, ShapeError } from 'millrace'
import { filter } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { slotCounts } from '#dist/engine/slot.js'
import { failing } from '../fixtures/transforms/failing.mjs'
import { digest, type Executing, numbered, run, temporaryFolder, writePhotos } from './support.js'

const GOOD = 16
const BAD = ['a/bad-empty.jpg', 'a/bad-text.png', 'b/bad-cut.jpg', 'b/bad-cut.png', 'b/bad-zeros.webp'] as const

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder.path, 'mixed'), GOOD)
  const dir = join(folder.path, 'mixed')
  const cut = async (from: string, to: string) => {
    const bytes = await readFile(join(dir, from))
    await writeFile(join(dir, to), bytes.subarray(0, bytes.length / 2))
  }
  await writeFile(join(dir, BAD[0]), '')
  await writeFile(join(dir, BAD[1]), 'this is no image, whatever its name says')
  await cut('b/01.jpg', BAD[2])
  await cut('b/03.png', BAD[3])
  await writeFile(join(dir, BAD[4]), new Uint8Array(500))
})
afterAll(() => folder.remove())

const files = (options: object = {}) => imageFolder(join(folder.path, 'mixed'), { seed: 2, shuffle: true, ...options })
const plans = (options: object = {}) => files(options).pipe(resize([16, 16]), batch(6), mixUp())
const isBad = (key: string) => BAD.includes(key as never)

describe('files that are broken', () => {
  test("onFault: 'throw' names the first", async () => {
    for (const workers of [0, 2]) {
      await expect(run(plans(), { workers })).rejects.toMatchObject({
        name: 'SourceError',
        key: expect.stringMatching(/bad-/),
        message: expect.stringMatching(/^Sample "[ab]\/bad-.*" \(index \d+ of imageFolder\) could not be made: /)
      })
    }
  })

  test("onFault: 'skip' makes shorter batches, in order, and tells of each", async () => {
    const options: Executing = { onFault: 'skip' }
    const all = await run(plans(), { ...options, workers: 2 })
    expect(all.flatMap(({ keys }) => keys).some(isBad)).toBe(false)
    expect(all.flatMap(({ keys }) => keys).length).toBe(GOOD)
    const faults = all.flatMap(({ faults }) => faults)
    expect(faults.map(({ key }) => key).sort()).toEqual([...BAD])
    for (const { reason, action } of faults) expect([reason.length > 10, action]).toEqual([true, 'skipped'])
    for (const { index, keys, faults, shape, labels } of all) {
      expect([shape, labels.length]).toEqual([[keys.length, 16, 16, 3], 2 * keys.length])
      expect(keys.length + faults.length).toBe(index === 3 ? 3 : 6)
    }
    expect(digest(await run(plans(), { ...options, workers: 0 }))).toBe(digest(all))
    expect(digest(await run(plans(), { ...options, workers: 1, depth: 4 }))).toBe(digest(all))
    const resumed = await run(plans({ resume: all[1]!.cursor }), options)
    expect(digest(resumed)).toBe(digest(all.slice(2)))
  })

  test("onFault: 'substitute' keeps the shape, with the same substitutes every time", async () => {
    const options: Executing = { onFault: 'substitute' }
    const all = await run(plans({ epochs: 2 }), { ...options, workers: 2 })
    expect(all.map(({ keys }) => keys.length)).toEqual([6, 6, 6, 3, 6, 6, 6, 3])
    expect(all.flatMap(({ keys }) => keys).some(isBad)).toBe(false)
    const faults = all.flatMap(({ faults }) => faults)
    expect([...new Set(faults.map(({ key }) => key))].sort()).toEqual([...BAD])
    expect(faults.length).toBeGreaterThanOrEqual(2 * BAD.length)
    expect(new Set(faults.map(({ action }) => action))).toEqual(new Set(['substituted']))
    expect(digest(await run(plans({ epochs: 2 }), { ...options, workers: 0 }))).toBe(digest(all))
    expect(digest(await run(plans({ epochs: 2 }), { ...options, workers: 2, depth: 5 }))).toBe(digest(all))
    const resumed = await run(plans({ resume: all[4]!.cursor }), options)
    expect(digest(resumed)).toBe(digest(all.slice(5)))
  })

  test('a batch of nothing else is not there, and the next cursor covers it', async () => {
    const dir = join(folder.path, 'gap')
    await writePhotos(dir, 4)
    for (const name of ['a/03', 'a/04', 'b/04', 'b/05']) await writeFile(join(dir, `${name}.jpg`), '')
    const plans = (options: object = {}) => imageFolder(dir, { seed: 1, ...options }).pipe(resize([8, 8]), batch(2))
    const all = await run(plans(), { onFault: 'skip' })
    expect(all.map(({ index, keys, last }) => [index, keys, last])).toEqual([
      [0, ['a/00.png', 'a/02.jpg'], false],
      [2, ['b/01.jpg', 'b/03.png'], false]
    ])
    expect(all.map(({ cursor }) => cursor?.position)).toEqual([2, 6])
    for (const [i, { cursor }] of all.entries()) {
      expect(digest(await run(plans({ resume: cursor }), { onFault: 'skip' }))).toBe(digest(all.slice(i + 1)))
    }
  })

  test('a stream has no substitutes, and says so', async () => {
    const stream = iterable(() => [{ image: new Uint8Array(9), label: 0 }], { classes: 1 })
    await expect(run(stream.pipe(resize(4), batch(1)), { onFault: 'substitute' })).rejects.toThrow(
      /is a stream, which has no other samples to take its place\. Use onFault: 'skip'/
    )
  })
})

describe('budgets', () => {
  const broken = (victims: readonly number[], count = 120) => numbered(count).pipe(failing({ victims }), batch(10))

  test('a count', async () => {
    const heard: Fault[] = []
    const report = (fault: Fault) => void heard.push(fault)
    const onFault = (maxCount: number) => ({ action: 'skip', maxCount, report }) as const
    expect((await run(broken([3, 33, 63]), { onFault: onFault(3) })).length).toBe(12)
    expect(heard.map(({ key }) => key).sort()).toEqual(['3', '33', '63'])
    await expect(run(broken([3, 33, 63]), { onFault: onFault(2), depth: 1 })).rejects.toMatchObject({
      code: 'FAULT_BUDGET',
      message: expect.stringMatching(
        /^3 of 70 samples could not be made, more than the 2 that `maxCount` allows\. The last one: Sample "63".*no luck with 63/
      )
    })
  })

  test('a rate, once a hundred samples have been seen', async () => {
    const onFault = { action: 'substitute', maxRate: 0.03 } as const
    expect((await run(broken([1, 2, 3, 4, 5], 90), { onFault })).length).toBe(9)
    expect((await run(broken([1, 2, 101]), { onFault })).length).toBe(12)
    await expect(run(broken([1, 2, 3, 4, 115]), { onFault, depth: 1 })).rejects.toThrow(
      /5 of 120 samples could not be made, a share of 0\.042, above the `maxRate` of 0\.03/
    )
  })

  test('a report that throws fails the pipeline', async () => {
    const report = () => {
      throw new Error('the report failed')
    }
    await expect(run(broken([7]), { onFault: { action: 'skip', report } })).rejects.toThrow('the report failed')
  })

  test('a substitute whose label does not fit is passed over', async () => {
    const label = (index: number) => (index < 4 ? index % 2 : [2, -1, 0.5, 9][index % 4]!)
    const at = (index: number) => ({
      image:
        index === 1 ? new Uint8Array(3) : { data: new Uint8Array(12).fill(index), width: 2, height: 2, channels: 3 },
      label: label(index)
    })
    const source = indexed({ size: 8, classes: 2, seed: 2, epochs: 8, at }).pipe(filter(({ index }) => index < 4))
    const all = await run(source.pipe(batch(4)), { onFault: 'substitute' })
    for (const { keys, labels, images } of all) {
      expect(keys.map(Number).filter(index => index >= 4)).toEqual([])
      expect([...labels]).toEqual(keys.flatMap(key => (Number(key) % 2 ? [0, 1] : [1, 0])))
      expect(keys.map(Number)).toEqual([0, 1, 2, 3].map(row => images[12 * row]))
    }
    expect(all.flatMap(({ faults }) => faults).some(({ reason }) => /label .* does not fit/.test(reason))).toBe(true)
  })

  test('a step that no worker can have is no fault of its samples', async () => {
    const definition = { name: 'gone', draw: () => undefined, apply: () => {} }
    const gone = defineTransform(pathToFileURL(join(folder.path, 'gone.mjs')).href, definition)
    for (const onFault of ['skip', 'substitute'] as const) {
      const plans = numbered(20).pipe(gone(), batch(5))
      await expect(run(plans, { onFault, workers: 1 })).rejects.toThrow(/gone\.mjs could not be imported in a worker/)
    }
  })

  test('substitutes that fail as well are told of, and end', async () => {
    const most = Array.from({ length: 30 }, (_, i) => i).filter(i => i !== 7)
    const all = await run(broken([0, 1, 2], 6), { onFault: 'substitute' })
    const listed = all[0]!.faults.map(({ key }) => key)
    expect([...new Set(listed)].sort()).toEqual(['0', '1', '2'])
    expect(all[0]!.keys.length).toBe(6)
    const heard: Fault[] = []
    const report = (fault: Fault) => void heard.push(fault)
    const some = await run(broken(most.slice(0, 15), 30), { onFault: { action: 'substitute', report } })
    expect(heard.length).toBeGreaterThan(15)
    expect(some.flatMap(({ faults }) => faults).length).toBe(heard.length)
    await expect(run(broken(most, 30), { onFault: 'substitute' })).rejects.toThrow(
      /Neither sample "\d+" nor any of 10 substitutes could be made/
    )
  })
})

describe('sizes', () => {
  const sized = (sizes: readonly (readonly [number, number])[], broken: readonly number[] = []) =>
    indexed({
      size: sizes.length,
      classes: 1,
      at: async i => ({
        key: `${i}.png`,
        image: broken.includes(i) ? new Uint8Array(8) : await png(sizes[i]!),
        label: 0
      })
    })
  const png = async ([height, width]: readonly [number, number]): Promise<Uint8Array> =>
    sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()

  test('that differ within a batch are an error with keys, sizes and a way out', async () => {
    for (const workers of [0, 2]) {
      const error = await run(
        sized([
          [8, 8],
          [8, 8],
          [9, 8],
          [8, 8],
          [7, 7]
        ]).pipe(batch(5)),
        { workers }
      ).catch(e => e)
      expect(error).toBeInstanceOf(ShapeError)
      expect(error.message).toMatch(
        /one size.*8×8×3 \(0\.png, 1\.png, 3\.png\); 9×8×3 \(2\.png\); 7×7×3 \(4\.png\)\. Put resize/
      )
    }
  })

  test('may differ between batches, also beside a broken file', async () => {
    const all = await run(
      sized(
        [
          [8, 8],
          [8, 8],
          [6, 9],
          [6, 9],
          [6, 9],
          [6, 9]
        ],
        [3]
      ).pipe(batch(2)),
      { onFault: 'skip', depth: 1 }
    )
    expect(all.map(({ shape }) => shape)).toEqual([
      [2, 8, 8, 3],
      [1, 6, 9, 3],
      [2, 6, 9, 3]
    ])
    expect(slotCounts().outstanding).toBe(0)
    expect(all[1]!.faults.map(({ key }) => key)).toEqual(['3.png'])
  })

  test('beyond reason are refused before they are decoded', async () => {
    const bomb = blackPng(20_000)
    expect(bomb.length).toBeLessThan(2e6)
    const source = indexed({ size: 1, classes: 1, at: () => ({ key: 'bomb', image: bomb, label: 0 }) })
    await expect(run(source.pipe(resize(8), batch(1)))).rejects.toMatchObject({
      name: 'SourceError',
      key: 'bomb',
      message: expect.stringMatching(/pixel/i)
    })
  })
})

/** A valid PNG of one bit a pixel, all of them black. */
function blackPng(side: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head[8] = 1
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 1 })
  const chunks = [chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(data.length, 0)
  numbers.writeUInt32BE(crc32(content), 4)
  return Buffer.concat([numbers.subarray(0, 4), content, numbers.subarray(4)])
}
