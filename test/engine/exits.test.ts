/** Threads that exit at random, again and again, and a disk that goes away: what comes out is that of a quiet run. */
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, cutMix, type Fault, imageFolder, indexed, mixUp, Rng, randomCrop, randomFlip, resize } from 'millrace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rngKey } from '#dist/random/rng.js'
import { killer } from '../fixtures/transforms/killer.mjs'
import { digest, numbered, run, temporaryFolder, writePhotos } from './support.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

test('fifty exits at random samples in one run change no byte', { timeout: 180_000 }, async () => {
  const EXITS = 50
  const size = 3000
  const places = new Rng().reset(rngKey(3, 'test', 'exits', 0), 0, 0).permutation(size)
  const victims = [...places.subarray(0, EXITS)]
  await mkdir(at('exits'))
  const plans = (options: object) =>
    numbered(size, { shuffle: true }).pipe(randomFlip(), randomCrop(8), killer(options), batch(60), mixUp(), cutMix())
  const quiet = await run(plans({ victims: [] }), { workers: 2 })
  expect(quiet.length).toBe(50)
  const noisy = await run(plans({ victims, marker: at('exits/of'), times: 1, each: true }), { workers: 2, depth: 3 })
  expect((await readdir(at('exits'))).length).toBe(EXITS)
  expect(noisy.flatMap(({ faults }) => faults)).toEqual([])
  expect(digest(noisy)).toBe(digest(quiet))
})

describe('a folder that vanishes in the middle of a run', () => {
  const COUNT = 48
  const dir = () => at('photos')
  const plans = (options: object = {}, size = 4) =>
    imageFolder(dir(), { seed: 3, shuffle: true, ...options }).pipe(resize([8, 8]), batch(size), mixUp())
  const vanish = () => rename(dir(), at('gone'))
  const comeBack = () => rename(at('gone'), dir())
  let names: readonly string[] = []
  beforeAll(async () => {
    await writePhotos(dir(), COUNT)
    const files = async (name: string) => (await readdir(join(dir(), name))).map(file => `${name}/${file}`)
    names = (await Promise.all(['a', 'b'].map(files))).flat().sort()
  })

  /** The same files, of which the folder is taken away before the thirteenth is planned. */
  const vanishing = () => {
    const item = async (i: number) => {
      if (i === 12) await vanish()
      return { image: join(dir(), names[i]!), label: i % 2, key: names[i]! }
    }
    return indexed({ size: COUNT, at: item, classes: 2, seed: 3 }).pipe(resize([8, 8]), batch(4), mixUp())
  }

  test('is an error that names the first file that is not there', async () => {
    const error = await run(vanishing(), { depth: 1 }).catch(error => error)
    await comeBack()
    expect(error).toMatchObject({
      name: 'SourceError',
      message: expect.stringMatching(/^Sample "[ab]\/\d+\..*" .*could not be made: .*does not exist/)
    })
  })

  test("under 'skip' all that is left is reported, and a budget ends it", async () => {
    const heard: Fault[] = []
    const report = (fault: Fault) => void heard.push(fault)
    const some = await run(vanishing(), { depth: 1, onFault: { action: 'skip', report } })
    await comeBack()
    const made = some.flatMap(({ keys }) => keys)
    expect(made.length).toBeLessThanOrEqual(12)
    expect([...made, ...heard.map(({ key }) => key)].sort()).toEqual([...names])
    const error = await run(vanishing(), { depth: 1, onFault: { action: 'skip', maxCount: 5 } }).catch(error => error)
    await comeBack()
    expect(error).toMatchObject({
      code: 'FAULT_BUDGET',
      message: expect.stringMatching(/^6 of \d+ samples could not be made/)
    })
  })

  test("under 'substitute' it ends when no substitute can be made either", async () => {
    const error = await run(vanishing(), { depth: 1, onFault: 'substitute' }).catch(error => error)
    await comeBack()
    expect(error.message).toMatch(/^Neither sample "[ab]\/\d+\..*" nor any of 10 substitutes could be made/)
  })

  test('and is back: the run goes on from the last cursor with the same bytes', async () => {
    const all = await run(plans())
    const { cursor } = all[4]!
    await vanish()
    await expect(run(plans({ resume: cursor }))).rejects.toThrow('imageFolder')
    await comeBack()
    expect(digest(await run(plans({ resume: cursor })))).toBe(digest(all.slice(5)))
  })
})
