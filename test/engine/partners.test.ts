/** Steps that need other samples of the data set. */
import {
  batch,
  describe as describeItem,
  type Fault,
  indexed,
  iterable,
  mapPixels,
  normalize,
  randomFlip,
  resize,
  type SampleOperator,
  sameClassTuples,
  samplePairing
} from 'millrace'
import { take as first, firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { digest, run, small } from './support.js'

/** 24 images of 4×4 whose bytes are their index, in 3 classes. */
const constant = (options: object = {}) =>
  indexed({
    size: 24,
    at: i => ({ image: { data: new Uint8Array(48).fill(i), width: 4, height: 4, channels: 3 }, label: i % 3 }),
    classes: 3,
    classOf: i => i % 3,
    seed: 2,
    ...options
  })

describe('samplePairing', () => {
  test('averages each image with another one of the whole data set, and keeps the label', async () => {
    const partners = new Map<number, number>()
    const [all] = await run(constant({ epochs: 1 }).pipe(samplePairing(), batch(24)))
    for (let i = 0; i < 24; i++) {
      const byte = all!.images[i * 48]!
      const partner = 2 * byte - i
      expect(partner).toBeGreaterThanOrEqual(-1)
      expect(partner).toBeLessThanOrEqual(24)
      partners.set(i, partner)
      expect([...all!.labels.subarray(i * 3, i * 3 + 3)]).toEqual([0, 1, 2].map(c => (c === i % 3 ? 1 : 0)))
    }
    expect(new Set(partners.values()).size).toBeGreaterThan(8)
  })

  test('draws every partner with the same probability, whatever the class', async () => {
    const epochs = 200
    const counts = new Array<number>(24).fill(0)
    const plans = await Promise.all(
      Array.from({ length: epochs }, async (_, epoch) => {
        const sample = await firstValueFrom(constant({ epochs: Infinity }).pipe(samplePairing(), first(1)))
        const description = await describeItem({ ...sample, epoch })
        return description.steps[0]!.partners![0]!
      })
    )
    for (const key of plans) counts[Number(key)]!++
    const expected = epochs / 24
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(23 + 4 * Math.sqrt(46))
  })

  test('the partner goes through the steps before, with draws of its own', async () => {
    // Left and right halves differ, so that a flip shows.
    const halves = indexed({
      size: 2,
      at: i => ({
        image: { data: Uint8Array.from([10 * i, 100 + 10 * i]), width: 2, height: 1, channels: 1 },
        label: 0
      }),
      classes: 1,
      seed: 1,
      epochs: 60
    })
    const batches = await run(halves.pipe(randomFlip(), samplePairing(), batch(2)))
    const seen = new Set(batches.flatMap(({ images }) => [`${images[0]} ${images[1]}`, `${images[2]} ${images[3]}`]))
    // Unflipped with unflipped, flipped with flipped, one of each: for each of the two partners.
    expect(seen.has('50 50') || seen.has('55 55')).toBe(true)
    expect(seen.size).toBeGreaterThan(5)
  })

  test('only in the epochs of the schedule; elsewhere the bytes are those without it', async () => {
    const schedule = { from: 1, to: 4, on: 1, off: 1 }
    const paired = await run(small(8, { epochs: 5 }).pipe(randomFlip(), samplePairing({ schedule }), batch(8)))
    const plain = await run(small(8, { epochs: 5 }).pipe(randomFlip(), batch(8)))
    const same = paired.map((one, i) => digest([one]) === digest([plain[i]!]))
    expect(same).toEqual([true, false, true, false, true])
  })

  test('gives the same bytes with any number of workers', async () => {
    const plans = () =>
      small(40, { epochs: 2 }).pipe(randomFlip(), samplePairing({ p: 0.5 }), samplePairing(), batch(8), normalize())
    const expected = digest(await run(plans(), { workers: 0 }))
    expect(digest(await run(plans(), { workers: 1, depth: 1 }))).toBe(expected)
    expect(digest(await run(plans(), { workers: 2, depth: 4 }))).toBe(expected)
  })

  test('says so where a source is a stream, where mapPixels comes before it, and where sizes differ', async () => {
    const pixels = (size: number) => ({ data: new Uint8Array(size * size * 3), width: size, height: size, channels: 3 })
    const stream = iterable(() => [{ image: pixels(4), label: 0 }], { classes: 1, seed: 1 })
    await expect(run(stream.pipe(samplePairing(), batch(1)))).rejects.toThrow(/stream, which has none at hand/)
    await expect(
      run(
        constant().pipe(
          mapPixels(image => image),
          samplePairing(),
          batch(4)
        )
      )
    ).rejects.toThrow(/partners cannot go through mapPixels/)
    const sizes = indexed({ size: 9, at: i => ({ image: pixels(i + 2), label: 0 }), classes: 1, seed: 1 })
    await expect(run(sizes.pipe(samplePairing(), batch(9)))).rejects.toThrow(/Put a crop or resize/)
    await expect(run(sizes.pipe(resize([4, 4]), samplePairing(), batch(9)))).resolves.toHaveLength(1)
  })

  test('a partner that cannot be read is a fault of the sample, and named', async () => {
    const source = indexed({
      size: 2,
      at: i => ({
        image: i === 0 ? { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } : 'missing.png',
        label: 0
      }),
      classes: 1,
      seed: 3,
      epochs: 20,
      shuffle: true
    })
    await expect(run(source.pipe(samplePairing(), batch(2)))).rejects.toThrow(/missing\.png/)
    const reasons: string[] = []
    const report = (fault: Fault) => reasons.push(`${fault.key}: ${fault.reason}`)
    await run(source.pipe(samplePairing(), batch(2)), { onFault: { action: 'skip', report } })
    expect(reasons.some(reason => /^0: .*partner missing\.png cannot be made/i.test(reason))).toBe(true)
  })
})

describe('sameClassTuples', () => {
  const tuplesOf = async (k: number, operators: readonly SampleOperator[] = []) => {
    const source = operators.reduce((from, operator) => from.pipe(operator), constant().pipe(sameClassTuples(k)))
    const [all] = await run(source.pipe(batch(24)))
    expect(all!.shape).toEqual([24, 4, 4, 3 * (k + 1)])
    return Array.from({ length: 24 }, (_, i) =>
      Array.from({ length: k + 1 }, (_, j) => all!.images[i * 16 * 3 * (k + 1) + 3 * j]!)
    )
  }

  test.each([1, 2, 4])('%d inputs and a target, of one class, all different, the sample first', async k => {
    for (const [i, tuple] of (await tuplesOf(k)).entries()) {
      expect(tuple[0]).toBe(i)
      expect(tuple.every(index => index % 3 === i % 3)).toBe(true)
      expect(new Set(tuple).size).toBe(k + 1)
    }
  })

  test('a class that is too small uses all of its images before one comes again', async () => {
    for (const tuple of await tuplesOf(9)) expect(new Set(tuple).size).toBe(8)
  })

  test('a class of one image repeats it', async () => {
    const source = indexed({
      size: 1,
      at: () => ({ image: { data: Uint8Array.from([7]), width: 1, height: 1, channels: 1 }, label: 0 }),
      classes: 1,
      seed: 1
    })
    await expect(run(source.pipe(sameClassTuples(2), batch(1)))).rejects.toThrow(
      /classes of the data set must be known/
    )
    const [one] = await run(small(4, { epochs: 1 }).pipe(sameClassTuples(2), batch(4)))
    const { images } = one!
    expect([...images.subarray(0, 3)]).toEqual([...images.subarray(3, 6)])
    expect([...images.subarray(0, 3)]).toEqual([...images.subarray(6, 9)])
  })

  test('numbers of one image normalise the stack', async () => {
    const [one] = await run(
      small(8, { epochs: 1 }).pipe(sameClassTuples(2), batch(8), normalize({ mean: [0, 0.5, 1], std: [1, 1, 1] }))
    )
    const [bytes] = await run(small(8, { epochs: 1 }).pipe(sameClassTuples(2), batch(8)))
    const means = [0, 0.5, 1]
    for (let i = 0; i < 27; i++) expect(one!.images[i]).toBeCloseTo(bytes!.images[i]! / 255 - means[i % 3]!, 6)
  })
})
