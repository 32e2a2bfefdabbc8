/** Operators that touch pixels in ways of their own: cache, mapPixels, custom transforms, and describe. */
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  arrays,
  type Batch,
  batch,
  cache,
  centerCrop,
  cutMix,
  cutout,
  defineTransform,
  describe as describeDraws,
  imageFolder,
  mapPixels,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  resize
} from 'millrace'
import { firstValueFrom, lastValueFrom, map, type Observable, tap, toArray } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { posterize } from '../fixtures/transforms/posterize.mjs'

const shape = [12, 10, 3] as const
const count = 20
const images = Uint8Array.from({ length: count * 360 }, (_, i) => (i * 7919 + (i >> 5) * 31) & 255)
const labels = Array.from({ length: count }, (_, i) => i % 4)
const small = (options = {}) => arrays({ images, labels, shape, classes: 4, seed: 5, shuffle: true, ...options })

interface Taken {
  readonly images: Uint8Array
  readonly keys: readonly string[]
}

function bytes(batches: Observable<Batch>): Promise<Taken[]> {
  return lastValueFrom(
    batches.pipe(
      map(batch => {
        const taken = { images: Uint8Array.from(batch.images), keys: batch.keys }
        batch.release()
        return taken
      }),
      toArray()
    )
  )
}

function digest(taken: readonly Taken[]): string {
  const hash = createHash('sha256')
  for (const { images, keys } of taken) hash.update(images).update(keys.join())
  return hash.digest('hex')
}

describe('cache', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-cache-'))
    for (let i = 0; i < 12; i++) {
      const background = { r: 20 * i, g: 255 - 20 * i, b: (77 * i) & 255 }
      const image = sharp({ create: { width: 40 + i, height: 30, channels: 3, background } })
      await image.png().toFile(join(dir, `${i}.png`))
    }
  })
  afterAll(() => rm(dir, { recursive: true }))

  const pipeline = (classes: string, cached: boolean, maxBytes = 1e6) => {
    const steps = imageFolder(classes, { seed: 3, shuffle: true, epochs: 3 }).pipe(resize([24, 24]))
    const kept = cached ? steps.pipe(cache({ maxBytes })) : steps
    return kept.pipe(randomCrop(20), randomFlip(), cutout(), batch(5))
  }

  test('changes no byte, whatever fits', async () => {
    const root = await classFolder(dir)
    const plain = digest(await bytes(pipeline(root, false).pipe(prefetch(2, { workers: 2 }))))
    for (const maxBytes of [1, 24 * 24 * 3 * 5, 1e6]) {
      for (const workers of [0, 2]) {
        expect(digest(await bytes(pipeline(root, true, maxBytes).pipe(prefetch(2, { workers }))))).toBe(plain)
      }
    }
    await rm(root, { recursive: true })
  })

  test('reads no file in the second epoch, and only what did not fit otherwise', async () => {
    const root = await classFolder(dir)
    const removeAfterFirstEpoch = tap<Batch>(async ({ last, epoch }) => {
      if (last && epoch === 0) await rm(root, { recursive: true })
    })
    const taken = await bytes(pipeline(root, true).pipe(prefetch(1, { workers: 0 }), removeAfterFirstEpoch))
    expect(taken.flatMap(({ keys }) => keys)).toHaveLength(36)
  })

  test('refuses random steps before it, and says which', async () => {
    await expect(bytes(small().pipe(randomFlip(), cache({ maxBytes: 1e6 }), batch(4), prefetch()))).rejects.toThrow(
      /cache: randomFlip stands before it, which is random.*Move cache\(\) before it/
    )
    expect(() => cache({} as never)).toThrow(/`maxBytes` must be a whole number of at least 1, but is undefined/)
  })

  async function classFolder(from: string): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'millrace-classes-'))
    await mkdir(join(root, 'a'))
    await cp(from, join(root, 'a'), { recursive: true })
    return root
  }
})

describe('mapPixels', () => {
  const invert = mapPixels(image => ({ ...image, data: image.data.map(value => 255 - value) }))

  test('sees the pixels after the steps before it, and what follows goes on from its result', async () => {
    const mapped = await bytes(small().pipe(centerCrop(8), invert, randomFlip(), batch(4), prefetch()))
    const plain = await bytes(small().pipe(centerCrop(8), randomFlip(), batch(4), prefetch()))
    expect(mapped.map(({ keys }) => keys)).toEqual(plain.map(({ keys }) => keys))
    for (const [i, { images }] of mapped.entries()) expect(images).toEqual(plain[i]!.images.map(value => 255 - value))
  })

  test('does not repeat the draws of a step that stands before it', async () => {
    const unchanged = new Set<boolean>()
    const samples = small().pipe(
      randomFlip(),
      mapPixels(image => image),
      randomFlip(),
      batch(count)
    )
    const [twice] = await bytes(samples.pipe(prefetch()))
    const [never] = await bytes(small().pipe(batch(count), prefetch()))
    const size = 360
    for (let i = 0; i < count; i++) {
      const same = Buffer.compare(
        twice!.images.subarray(i * size, i * size + size),
        never!.images.subarray(i * size, i * size + size)
      )
      unchanged.add(same === 0)
    }
    // Were both flips drawn alike, each image would come back unflipped.
    expect(unchanged.size).toBe(2)
  })

  test('gives the same bytes whatever the workers, and resumes', async () => {
    const noise = mapPixels((image, _sample, rng) => ({
      ...image,
      data: image.data.map(value => value ^ rng.int(256))
    }))
    const pipe = (options = {}) => small({ epochs: 2, ...options }).pipe(noise, randomFlip(), batch(6))
    const cursors: unknown[] = []
    const all = await bytes(
      pipe().pipe(
        prefetch(2, { workers: 2 }),
        tap(({ cursor }) => cursors.push(cursor))
      )
    )
    expect(digest(await bytes(pipe().pipe(prefetch(1, { workers: 0 }))))).toBe(digest(all))
    for (const [i, cursor] of cursors.entries()) {
      const rest = await bytes(pipe({ resume: JSON.parse(JSON.stringify(cursor)) }).pipe(prefetch()))
      expect(digest(rest)).toBe(digest(all.slice(i + 1)))
    }
  })

  test('says which sample its function failed on, and what it should have returned', async () => {
    const failing = small().pipe(
      mapPixels(() => {
        throw new Error('no luck')
      }),
      batch(4),
      prefetch()
    )
    await expect(bytes(failing)).rejects.toThrow(/mapPixels: its function failed on sample ".+": no luck/)
    const wrong = mapPixels(image => ({ ...image, width: image.width + 1 }))
    await expect(bytes(small().pipe(wrong, batch(4), prefetch()))).rejects.toThrow(/360 bytes for 11×12×3/)
    await expect(
      bytes(
        small().pipe(
          mapPixels(() => undefined as never),
          batch(4),
          prefetch()
        )
      )
    ).rejects.toThrow(/must return \{ data: Uint8Array.*but returned undefined/)
  })
})

describe('defineTransform', () => {
  test('runs in the workers with its own draws', async () => {
    const pipe = () => small().pipe(posterize({ least: 3 }), batch(5))
    const taken = await bytes(pipe().pipe(prefetch(2, { workers: 2 })))
    expect(digest(await bytes(pipe().pipe(prefetch(1, { workers: 0 }))))).toBe(digest(taken))
    const plan = await firstValueFrom(pipe())
    const { samples } = await describeDraws(plan)
    const bits = samples.map(({ steps }) => (steps[0]!.params as { bits: number }).bits)
    expect(new Set(bits).size).toBeGreaterThan(1)
    for (const [i, sample] of plan.samples.entries()) {
      const mask = (0xff << (8 - bits[i]!)) & 0xff
      const source = images.subarray(sample.index * 360, sample.index * 360 + 360)
      expect(taken[0]!.images.subarray(i * 360, i * 360 + 360)).toEqual(source.map(value => value & mask))
    }
  })

  test('refuses what cannot work, at the call', () => {
    const parts = { name: 'x', draw: () => ({}), apply: () => {} }
    expect(() => defineTransform('here', parts)).toThrow(/`module` must be the URL.*Pass import\.meta\.url/)
    expect(() => defineTransform(import.meta.url, { ...parts, name: 'cutout' })).toThrow(
      /a name that no built-in step has/
    )
    expect(() => defineTransform(import.meta.url, { ...parts, apply: 3 as never })).toThrow(
      /`apply` must be a function/
    )
    expect(() => posterize({ least: (() => 1) as never })).toThrow(/plain data, which a worker can be sent/)
  })

  test('says so where a worker cannot import the module', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-transform-'))
    const gone = defineTransform(`file://${dir}/gone.mjs`, { name: 'gone', draw: () => ({}), apply: () => {} })
    await expect(bytes(small().pipe(gone(), batch(4), prefetch(1, { workers: 1 })))).rejects.toThrow(
      /gone: its module .*gone\.mjs could not be imported in a worker/
    )
    await rm(dir, { recursive: true })
  })
})

describe('describe', () => {
  test('tells the very draws that the workers make', async () => {
    const pipe = () => small().pipe(randomCrop(8), randomFlip(), batch(6), cutMix(), normalize())
    const plan = await firstValueFrom(pipe())
    const description = await describeDraws(plan)
    const executed = await firstValueFrom(pipe().pipe(prefetch()))
    expect(await describeDraws(executed)).toEqual(description)
    expect(description.samples[0]!.steps.map(({ name }) => name)).toEqual(['randomCrop', 'randomFlip'])
    expect(description.steps.map(({ name, shape }) => [name, shape])).toEqual([
      ['cutMix', [6, 8, 8, 3]],
      ['normalize', [6, 8, 8, 3]]
    ])
    const plain = await firstValueFrom(small().pipe(randomCrop(8), randomFlip(), batch(6), prefetch()))
    for (const [i, { index, steps }] of description.samples.entries()) {
      const { left, top } = steps[0]!.params as { left: number; top: number }
      const flipped = steps[1]!.params !== undefined
      const pixel = index * 360 + (top * 10 + left + (flipped ? 7 : 0)) * 3
      expect(plain.images[i * 192]).toBe(images[pixel])
    }
  })

  test('reads headers only, and stops at mapPixels', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-header-'))
    await mkdir(join(dir, 'a'))
    await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(join(dir, 'a', 'x.jpg'))
    const sample = await firstValueFrom(
      imageFolder(dir, { seed: 1 }).pipe(
        randomResizedCrop(16),
        mapPixels(image => image, { workers: 0 })
      )
    )
    const upright = await describeDraws(await firstValueFrom(imageFolder(dir, { seed: 1 }).pipe(randomResizedCrop(16))))
    expect(upright.shape).toEqual([40, 30, 3])
    expect(upright.steps[0]!.shape).toEqual([16, 16, 3])
    expect((await describeDraws(sample)).stopped).toMatch(/mapPixels/)
    await rm(dir, { recursive: true })
  })

  test('refuses anything else', async () => {
    await expect(describeDraws(5 as never)).rejects.toThrow(/describe/)
    await expect(describeDraws({} as never)).rejects.toThrow(/`item` must be a sample, a batch plan or a batch/)
  })
})
