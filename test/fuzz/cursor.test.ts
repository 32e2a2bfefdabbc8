/** Damaged and forged cursors: each ends in an error that names the trouble, or in a run. */
import fc from 'fast-check'
import {
  arrays,
  batch,
  batchNormalization,
  type Cursor,
  classBalanced,
  iterable,
  mixDatasets,
  mixUp,
  randomFlip,
  weighted,
  windowShuffle
} from 'millrace'
import { take as first } from 'rxjs'
import { afterAll, beforeAll, expect } from 'vitest'
import { run } from '../engine/support.js'
import { fuzz } from './support.js'

const images = Uint8Array.from({ length: 30 * 12 }, (_, i) => i)
const labels = Array.from({ length: 30 }, (_, i) => i % 3)
const source = (options: object) => arrays({ images, labels, shape: [2, 2, 3], classes: 3, ...options })
const stream = (options: object) =>
  iterable(
    () =>
      labels.map((label, i) => ({
        image: { data: images.subarray(12 * i, 12 * i + 12), width: 2, height: 2, channels: 3 },
        label
      })),
    {
      classes: 3,
      ...options
    }
  )

/** Given `{ seed, epochs }` or `{ resume }`. */
const pipelines = [
  (o: object) => source({ ...o }).pipe(randomFlip(), batch(4), mixUp()),
  (o: object) => source({ ...o, shard: { index: 1, count: 2 } }).pipe(batch(4), batchNormalization()),
  (o: object) => stream({ ...o }).pipe(randomFlip(), batch(4)),
  (o: object) => stream({ ...o }).pipe(windowShuffle(8), batch(4), mixUp()),
  (o: object) => source({ ...o, sampler: classBalanced() }).pipe(batch(4)),
  (o: object) => source({ ...o, sampler: weighted(i => i) }).pipe(batch(4)),
  (o: object) =>
    mixDatasets(
      [
        [source({ shuffle: true }), 0.7],
        [source({ subset: [0, 0.5] }), 0.3]
      ],
      o
    ).pipe(batch(4))
] as const
const made: string[] = []
beforeAll(async () => {
  for (const make of pipelines)
    made.push(JSON.stringify((await run(make({ seed: 3, epochs: 2 }).pipe(first(2))))[1]!.cursor))
})

const extremes = [
  -1,
  0,
  1,
  1.5,
  8,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e308,
  -0,
  '',
  'Infinity',
  '1',
  '__proto__',
  '../../etc/passwd',
  true,
  null
]
const special = fc.oneof(
  fc.constantFrom<unknown>(...extremes, [], {}, [0, 1], [0, 5e-324], [0.99, 1], [1, 0], { toString: 'x' }),
  fc.constantFrom(
    'x'.repeat(1e5),
    new Array(1e5).fill(0),
    { mean: [0], variance: [1] },
    { mean: [0, 0, 0], variance: [1, 1, 1] },
    { mean: new Array(1e4).fill(1), variance: [] },
    { mean: [1e308, 1e308, 1e308], variance: [-1, -1, -1] }
  )
)
const fields = [
  'version',
  'source',
  'seed',
  'shuffle',
  'epochs',
  'subset',
  'order',
  'window',
  'shards',
  'epoch',
  'position',
  'batch',
  'gaps',
  'steps',
  'codec',
  'moving'
]
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      field: fc.constantFrom(...fields),
      value: fc.oneof(special, special, fc.jsonValue(), fc.maxSafeNat())
    })
  },
  fc.record({ kind: fc.constant('drop' as const), field: fc.constantFrom(...fields) }),
  fc.record({
    kind: fc.constant('add' as const),
    field: fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', 'path', 'x'),
    value: fc.jsonValue()
  }),
  fc.record({
    kind: fc.constant('text' as const),
    at: fc.nat(400),
    character: fc.constantFrom(...'0159-.eE"{}[],:naltrue \\')
  }),
  fc.record({ kind: fc.constant('other' as const), pipeline: fc.nat(pipelines.length - 1) })
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** The cursor as it comes out of its file; text that is no JSON any more, as it is. */
function damaged(text: string, changes: readonly Change[]): unknown {
  for (const how of changes) {
    if (how.kind === 'other') text = made[how.pipeline]!
    else if (how.kind === 'text') text = text.slice(0, how.at) + how.character + text.slice(how.at + 1)
    else {
      let cursor: Record<string, unknown>
      try {
        cursor = JSON.parse(text) as Record<string, unknown>
      } catch {
        return text
      }
      if (typeof cursor !== 'object' || cursor === null) return cursor
      if (how.kind === 'drop') delete cursor[how.field]
      else
        Object.defineProperty(cursor, how.field, {
          value: how.value,
          enumerable: true,
          configurable: true,
          writable: true
        })
      text = JSON.stringify(cursor)
    }
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const listeners = process.listeners('warning')
beforeAll(() => void process.removeAllListeners('warning')) // of codecs that are not this one, thousands of times
afterAll(() => listeners.forEach(listener => void process.on('warning', listener)))

fuzz(
  'a cursor ends in a run, or in an error that says what is wrong with it',
  fc.tuple(fc.nat(pipelines.length - 1), fc.array(change, { minLength: 1, maxLength: 3 })),
  async ([which, changes]) => {
    const resume = damaged(made[which]!, changes) as Cursor
    const batches = await run(pipelines[which]!({ resume }).pipe(first(2)), { workers: 0, depth: 1 })
    for (const { shape, images, cursor } of batches) {
      expect(shape[0]).toBeLessThanOrEqual(4)
      expect(images.length).toBe(shape[0] * 12)
      expect(JSON.stringify(cursor).length).toBeLessThan(2048)
    }
    expect(({} as Record<string, unknown>).path).toBeUndefined()
  },
  ({ message }) => {
    expect(message).toMatch(/cursor|`resume`|the subset \[.*\] of 30 samples|too few for 2 shards/i)
    expect(message.length).toBeLessThan(1000)
  }
)
