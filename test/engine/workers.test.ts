/** Threads that die in the middle of a batch: nothing is lost, and nothing changes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { batch, mapPixels, mixUp, randomCrop, randomFlip } from 'millrace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killer } from '../fixtures/transforms/killer.mjs'
import { runNode } from '../support/runNode.js'
import { digest, numbered, run, temporaryFolder } from './support.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let markers = 0
const marker = () => join(folder.path, `died-${markers++}`)
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const pipeline = (options: object, count = 100) =>
  numbered(count, { shuffle: true }).pipe(randomFlip(), killer(options), batch(50), mixUp())

describe('a thread that dies', () => {
  test.each([1, 2])('%i times costs nothing but time', async times => {
    const all = digest(await run(pipeline({ victims: [] })))
    for (const workers of [1, 2]) {
      const path = marker()
      const options = { victims: [3, 30, 61], marker: path, times }
      expect(digest(await run(pipeline(options), { workers, depth: 3 }))).toBe(all)
      expect(existsSync(`${path}.${times - 1}`)).toBe(true)
    }
  })

  test('while the first image is made to learn its size', async () => {
    const sized = (options: object) =>
      numbered(40).pipe(
        killer(options),
        randomCrop(8),
        mapPixels(image => image),
        batch(10)
      )
    const options = { victims: [0, 21], marker: marker(), times: 1 }
    expect(digest(await run(sized(options)))).toBe(digest(await run(sized({ victims: [] }))))
    await expect(run(sized({ victims: [21] }))).rejects.toMatchObject({
      name: 'SourceError',
      key: '21',
      message: expect.stringMatching(/thread that was making this sample died/)
    })
  })

  test('at the same sample every time: that sample is at fault', async () => {
    await expect(run(pipeline({ victims: [42] }), { workers: 2 })).rejects.toMatchObject({
      name: 'SourceError',
      code: 'WORKER',
      key: '42',
      index: 42,
      message: expect.stringMatching(/^Sample "42" .*the worker thread that was making this sample died/)
    })
    const skipped = await run(pipeline({ victims: [42, 7] }), { workers: 2, onFault: 'skip' })
    expect(skipped.flatMap(({ keys }) => keys).length).toBe(98)
    expect(skipped.flatMap(({ faults }) => faults.map(({ key }) => key)).sort()).toEqual(['42', '7'])
    expect(digest(await run(pipeline({ victims: [42, 7] }), { workers: 1, onFault: 'skip' }))).toBe(digest(skipped))
    const substituted = await run(pipeline({ victims: [42] }), { workers: 2, onFault: 'substitute' })
    expect(substituted.map(({ keys }) => keys.length)).toEqual([50, 50])
    expect(substituted.flatMap(({ keys }) => keys)).not.toContain('42')
  })

  test('for want of memory', async () => {
    const program = join(import.meta.dirname, '../fixtures/programs/hungry.mjs')
    const path = marker()
    const printed = JSON.parse(await runNode(program, [path]))
    expect(existsSync(`${path}.0`)).toBe(true)
    expect(printed).toMatchObject({ once: printed.plain, keys: 31, fault: expect.stringMatching(/^5: .*died/) })
  })
})
