import { batch, cutout, describe as describeItem, randomCrop, randomFlip, repeatAugment } from 'millrace'
import { lastValueFrom, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import { digest, run, small } from '../engine/support.js'

const plans = (size: number, options: object = {}) =>
  small(12, { epochs: 2, ...options }).pipe(
    repeatAugment(3),
    randomCrop(9),
    randomFlip(),
    cutout({ size: 3 }),
    batch(size)
  )

test('each sample three times in a row, with three different results', async () => {
  const batches = await run(plans(6))
  expect(batches).toHaveLength(12)
  const seen = new Set<string>()
  for (const { keys, images } of batches) {
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]])
    const size = images.length / 6
    for (let i = 0; i < 6; i++) seen.add(Buffer.from(images.subarray(i * size, (i + 1) * size)).toString('hex'))
  }
  expect(seen.size).toBeGreaterThan(60)
})

test('the first repetition is what the sample is without it', async () => {
  const [first] = await run(plans(36))
  const [plain] = await run(small(12, { epochs: 1 }).pipe(randomCrop(9), randomFlip(), cutout({ size: 3 }), batch(12)))
  const size = 9 * 9 * 3
  for (let i = 0; i < 12; i++) {
    expect(first!.images.subarray(3 * i * size, (3 * i + 1) * size)).toEqual(
      plain!.images.subarray(i * size, (i + 1) * size)
    )
  }
})

test('the same with any number of workers, and from every cursor on', async () => {
  const expected = await run(plans(6), { workers: 0 })
  expect(digest(await run(plans(6), { workers: 2, depth: 4 }))).toBe(digest(expected))
  for (const [i, { cursor }] of expected.entries()) {
    const resume = { seed: undefined, shuffle: undefined, epochs: undefined, resume: cursor }
    expect(digest(await run(plans(6, resume)))).toBe(digest(expected.slice(i + 1)))
  }
})

test('a batch that ends among repetitions has no cursor, and says why', async () => {
  const [first] = await lastValueFrom(plans(4).pipe(toArray()))
  expect(first!.next).toMatchObject({ unknown: expect.stringMatching(/multiple of what repeatAugment/) })
  expect(() => repeatAugment(0)).toThrow(/`times` must be a whole number between 1 and 512/)
})

test('described with the draws of its own', async () => {
  const samples = await lastValueFrom(small(1, { epochs: 1 }).pipe(repeatAugment(8), randomCrop(5), toArray()))
  const drawn = await Promise.all(
    samples.map(async sample => JSON.stringify((await describeItem(sample)).steps[0]!.params))
  )
  expect(new Set(drawn).size).toBeGreaterThan(4)
})
