import {
  concat,
  from,
  ignoreElements,
  lastValueFrom,
  NEVER,
  type Observable,
  repeat,
  take,
  throwError,
  toArray
} from 'rxjs'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { currentContext } from '#dist/flow/context.js'
import { stage } from '#dist/flow/stage.js'
import { mapConcurrent } from '#dist/operators/mapConcurrent.js'
import { type MonitorReport, monitor } from '#dist/operators/monitor.js'
import { collect, counted, leaked, pending, plain, turn, until } from '../flow/support.js'

/** Reports of a pipeline, and a wait for one that says something. */
function reports() {
  const heard: MonitorReport[] = []
  const report = (report: MonitorReport): void => void heard.push(report)
  const says = async (bottleneck: string): Promise<MonitorReport> => {
    const from = heard.length
    const found = (): MonitorReport | undefined => heard.slice(from).find(report => report.bottleneck === bottleneck)
    await until(() => found() !== undefined)
    return found()!
  }
  return { heard, report, says }
}

test('passes everything on and reports on the whole at the end', async () => {
  const { heard, report } = reports()
  const items = [{ keys: ['a', 'b'] }, { samples: [1, 2, 3] }, { key: 'c', image: {} }, 0.5, null]
  const out = from(items).pipe(
    mapConcurrent(async x => x, { concurrency: 2 }),
    monitor(report),
    toArray()
  )
  expectTypeOf(out).toEqualTypeOf<Observable<(typeof items)[number][]>>()
  expect(await lastValueFrom(out)).toEqual(items)
  expect(heard).toHaveLength(1)
  const [{ images, seconds, imagesPerSecond, stages, final, ...rest }] = heard as [MonitorReport]
  expect({ images, final, items: rest.items, rate: imagesPerSecond * seconds }).toMatchObject({
    images: 6,
    final: true,
    items: 5
  })
  expect(imagesPerSecond * seconds).toBeCloseTo(6)
  expect(stages).toMatchObject([{ name: 'mapConcurrent', depth: 2, items: 5 }])
})

test('reports at every end, once', async () => {
  const { heard, report } = reports()
  await collect(
    concat(
      plain(2),
      throwError(() => 'broken')
    ).pipe(monitor(report))
  )
  await collect(plain(5).pipe(monitor(report), take(3)))
  concat(plain(1), NEVER).pipe(monitor(report)).subscribe().unsubscribe()
  await collect(plain(0).pipe(monitor(report)))
  expect(heard.map(({ items, final }) => [items, final])).toEqual([
    [2, true],
    [3, true],
    [1, true],
    [0, true]
  ])
})

describe('names what holds the pipeline up', () => {
  const hang = <T>() => new Promise<T>(() => {})
  const sums = { decode: 0, mix: 0 }
  const fetch = (work: (x: number) => number | Promise<number>, depth = 2) =>
    stage<number, number>({
      name: 'fetch',
      depth,
      start: () => ({
        work(x) {
          sums.decode += 3
          sums.mix += 1
          return work(x)
        },
        details: () => ({ ...sums })
      })
    })
  const step = (work: (x: number) => Promise<number>) =>
    stage<number, number>({ name: 'step', depth: 1, start: () => ({ work }) })

  test('the consumer', async () => {
    const { report, says } = reports()
    const pipeline = counted(Infinity).source.pipe(
      fetch(x => x),
      monitor(report, { everyMs: 1 }),
      step(hang)
    )
    const subscription = pipeline.subscribe()
    await says('the consumer')
    const { waitedShare, stages } = await says('the consumer')
    expect(waitedShare).toBe(0)
    expect(stages).toMatchObject([{ name: 'fetch', held: 2, depth: 2, hungryShare: 0, busyShare: 0, stalledShare: 1 }])
    subscription.unsubscribe()
  })

  test('a stage, and its slowest part', async () => {
    const { report, says } = reports()
    let slow = true
    const pipeline = counted(Infinity).source.pipe(
      mapConcurrent(x => x, { concurrency: 3 }),
      fetch(() => (slow ? turn().then(() => 1) : hang())),
      mapConcurrent(x => x, { concurrency: 5 }),
      monitor(report, { everyMs: 1 }),
      step(async x => x)
    )
    const subscription = pipeline.subscribe()
    const busy = await says('fetch (decode)')
    expect(busy.stages.map(({ name, depth }) => [name, depth])).toEqual([
      ['mapConcurrent', 3],
      ['fetch', 2],
      ['mapConcurrent', 5]
    ])
    expect(busy.stages[1]!.details.decode).toBe(3 * busy.stages[1]!.details.mix!)
    slow = false
    await says('fetch')
    const still = await says('fetch')
    expect(still.stages.map(({ held }) => held)).toEqual([3, 2, 0])
    expect(
      still.stages.map(({ hungryShare, busyShare, stalledShare }) => [hungryShare, busyShare, stalledShare])
    ).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0]
    ])
    expect(still).toMatchObject({ items: 0, images: 0, imagesPerSecond: 0, final: false })
    subscription.unsubscribe()
  })

  test('the source', async () => {
    const { report, says } = reports()
    const slowly = concat(pending(3), NEVER)
    const subscription = slowly
      .pipe(
        fetch(x => x),
        monitor(report, { everyMs: 1 }),
        step(async x => x)
      )
      .subscribe()
    const { waitedShare } = await says('the source')
    expect(waitedShare).toBeGreaterThan(0.1)
    subscription.unsubscribe()
  })
})

test('one monitor sees what another one sees', async () => {
  const [near, far] = [reports(), reports()]
  const pass = (name: string) => stage<number, number>({ name, depth: 1, start: () => ({ work: x => x }) })
  await lastValueFrom(
    counted(3).source.pipe(pass('a'), monitor(far.report), pass('b'), monitor(near.report), ignoreElements()),
    {
      defaultValue: 0
    }
  )
  expect(far.heard.at(-1)!.stages.map(({ name, items }) => [name, items])).toEqual([['a', 3]])
  expect(near.heard.at(-1)!.stages.map(({ name, items }) => [name, items])).toEqual([
    ['a', 3],
    ['b', 3]
  ])
})

test('stages that are subscribed to again are not listed twice', async () => {
  const { heard, report } = reports()
  const pass = (name: string) => stage<number, number>({ name, depth: 1, start: () => ({ work: x => x }) })
  await lastValueFrom(counted(3).source.pipe(pass('a'), pass('b'), repeat(3), monitor(report)))
  expect(heard[0]!.stages.map(({ name, items }) => [name, items])).toEqual([
    ['a', 3],
    ['b', 3]
  ])
})

test('what the report throws is the error, at any time', async () => {
  const made = counted(3)
  const failing = monitor<number>(
    () => {
      throw 'no report'
    },
    { everyMs: 1 }
  )
  expect(await collect(made.source.pipe(failing))).toEqual([0, 1, 2, ['error', 'no report']])
  expect(await collect(concat(made.source, NEVER).pipe(failing))).toEqual([0, 1, 2, ['error', 'no report']])
  expect(made.open).toBe(0)
})

test('the report runs outside of any context, and the timer ends', async () => {
  const contexts: unknown[] = []
  const look = monitor<number>(() => void contexts.push(currentContext()), { everyMs: 1 })
  const subscription = concat(counted(3).source, NEVER)
    .pipe(
      look,
      mapConcurrent(x => x)
    )
    .subscribe()
  await until(() => contexts.length > 2)
  subscription.unsubscribe()
  const { length } = contexts
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(contexts.length).toBe(length)
  expect(contexts.every(context => context === undefined)).toBe(true)
  expect(await leaked()).toBe(false)
})

test('refuses what it cannot use', () => {
  expect(() => monitor(1 as never)).toThrow(/monitor: `report` must be a function/)
  expect(() => monitor(() => {}, { everyMs: 0 })).toThrow(/`everyMs` must be a whole number between 1 and/)
  expect(() => monitor(() => {}, { every: 5 } as never)).toThrow(/one of the options everyMs/)
})
