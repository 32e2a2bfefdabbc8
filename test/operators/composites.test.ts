/** Operators made of operators. */
import {
  batch,
  cache,
  compose,
  cutMix,
  cutout,
  describe as describeItem,
  mixUp,
  normalize,
  oneOf,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  resize,
  type Sample,
  type SampleOperator,
  samplePairing,
  sometimes
} from 'millrace'
import { lastValueFrom, map, take, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { digest, run, small } from '../engine/support.js'
import { delay } from '../fixtures/transforms/delay.mjs'

/** What each of the first samples draws. */
async function drawn(operator: SampleOperator, count = 200) {
  const samples = await lastValueFrom(small(count, { epochs: 1 }).pipe(operator, take(count), toArray()))
  return Promise.all(samples.map(async (sample: Sample) => (await describeItem(sample)).steps.at(-1)!.params))
}

describe('sometimes', () => {
  test('all or none, with the given probability', async () => {
    const params = (await drawn(sometimes(0.3, cutout({ size: 4 }), cutout({ size: 2 })), 1000)) as {
      steps: unknown[]
    }[]
    const applied = params.filter(one => one !== undefined)
    expect(applied.every(one => one.steps.length === 2)).toBe(true)
    expect(Math.abs(applied.length - 300)).toBeLessThan(4 * Math.sqrt(1000 * 0.3 * 0.7))
  })

  test('p = 1 does what the operators do, p = 0 nothing', async () => {
    const plain = () => small(20, { epochs: 1 })
    const none = await run(plain().pipe(sometimes(0, randomFlip({ p: 1 })), batch(20)))
    expect(digest(none)).toBe(digest(await run(plain().pipe(batch(20)))))
    const all = await run(plain().pipe(sometimes(1, randomFlip({ p: 1 }), resize(7)), batch(20)))
    expect(digest(all)).toBe(digest(await run(plain().pipe(randomFlip({ p: 1 }), resize(7), batch(20)))))
  })
})

describe('oneOf', () => {
  test('chooses by weight', async () => {
    const operator = oneOf([randomFlip({ p: 1 }), cutout({ size: 4 }), resize(8)], { p: 0.8, weights: [1, 3, 0] })
    const params = (await drawn(operator, 1000)) as ({ steps: { name: string }[] } | undefined)[]
    const count = (name: string | undefined) => params.filter(one => one?.steps[0]?.name === name).length
    expect(count('resize')).toBe(0)
    for (const [name, p] of [
      ['randomFlip', 0.2],
      ['cutout', 0.6],
      [undefined, 0.2]
    ] as const) {
      expect(Math.abs(count(name) - 1000 * p)).toBeLessThan(4 * Math.sqrt(1000 * p * (1 - p)))
    }
  })

  test('of batches: mixUp or cutMix, and the labels follow', async () => {
    const batches = await run(small(400, { epochs: 1 }).pipe(batch(8), oneOf([mixUp(), cutMix()], 0.5)))
    const plain = await run(small(400, { epochs: 1 }).pipe(batch(8)))
    const changed = batches.filter((one, i) => digest([one]) !== digest([plain[i]!])).length
    expect(Math.abs(changed - 25)).toBeLessThan(4 * Math.sqrt(50 * 0.25))
    for (const { labels } of batches) {
      for (let i = 0; i < labels.length; i += 4) {
        expect(labels.subarray(i, i + 4).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5)
      }
    }
  })

  test('adding an operator moves no draw of another', async () => {
    const few = (await drawn(compose(randomFlip(), cutout({ size: 4 })), 50)) as { steps: unknown[] }[]
    const more = (await drawn(compose(randomCrop(9), randomFlip(), cutout({ size: 4 })), 50)) as { steps: unknown[] }[]
    const flips = (params: { steps: unknown[] }[]) =>
      params.map(one => JSON.stringify(one.steps).includes('randomFlip'))
    expect(flips(more)).toEqual(flips(few))
  })
})

test('composites in composites, with steps of a module of its own, in any number of workers', async () => {
  const plans = () =>
    small(30, { epochs: 2 }).pipe(
      oneOf([
        compose(randomFlip(), sometimes(0.5, delay({ most: 1 }), cutout({ size: 4 }))),
        randomFlip({ direction: 'vertical' })
      ]),
      randomResizedCrop(8),
      batch(6),
      normalize()
    )
  const expected = digest(await run(plans(), { workers: 0 }))
  expect(digest(await run(plans(), { workers: 2, depth: 4 }))).toBe(expected)
})

test('what cannot be a part says so', () => {
  expect(() => sometimes(1)).toThrow(/at least one operator/)
  expect(() => sometimes(2, randomFlip())).toThrow(/`p` must be a finite number between 0 and 1/)
  expect(() => compose(map(x => x) as never)).toThrow(/`operators\[0\]` must be an operator that is one step.*RxJS/)
  expect(() => compose(randomFlip(), cache({ maxBytes: 10 }) as never)).toThrow(/`operators\[1\]`/)
  expect(() => oneOf([mixUp(), randomFlip() as never])).toThrow(/an operator for batches, as the others are/)
  expect(() => oneOf([randomFlip(), samplePairing()])).toThrow(/Put samplePairing into the pipeline itself/)
  expect(() => oneOf([randomFlip()], { weights: [0] })).toThrow(/not all 0/)
  expect(() => oneOf([randomFlip()], { weights: [1, 2] })).toThrow(/a list of 1 numbers/)
  expect(() => oneOf([])).toThrow(/at least one operator/)
})
