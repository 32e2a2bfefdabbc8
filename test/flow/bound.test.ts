import {
  bufferCount,
  concat,
  concatMap,
  exhaustMap,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  range,
  repeat,
  retry,
  scan,
  switchMap,
  take,
  timer
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { mapConcurrent } from '#dist/operators/mapConcurrent.js'
import { counted, leaked, slow, turn, until } from './support.js'

interface Case {
  /** Items that an output takes on average. */
  readonly per: number
  /** Items that an output takes at most. */
  readonly most?: number
  readonly sources: number
  readonly chain: (make: (count: number) => Observable<number>) => Observable<unknown>
}

const cases: Record<string, Case> = {
  map: { per: 1, sources: 1, chain: make => make(1e6).pipe(map(x => x + 1)) },
  filter: { per: 10, sources: 1, chain: make => make(1e6).pipe(filter(x => x % 10 === 9)) },
  scan: { per: 1, sources: 1, chain: make => make(1e6).pipe(scan((a, b) => a + b, 0)) },
  bufferCount: { per: 8, sources: 1, chain: make => make(1e6).pipe(bufferCount(8)) },
  take: { per: 1, sources: 1, chain: make => make(1e6).pipe(take(1000)) },
  repeat: { per: 1, sources: 1, chain: make => make(3).pipe(repeat()) },
  'repeat of what a filter leaves little of': {
    per: 10,
    sources: 1,
    chain: make =>
      make(5).pipe(
        repeat(),
        filter((_, i) => i % 10 === 9)
      )
  },
  'repeat({ delay })': { per: 1, sources: 1, chain: make => make(5).pipe(repeat({ delay: 1 })) },
  'retry({ delay })': {
    per: 6 / 5,
    most: 2,
    sources: 1,
    chain: make =>
      make(9).pipe(
        map(x => (x === 5 ? raise() : x)),
        retry({ delay: 1 })
      )
  },
  'concatMap, range outside': { per: 1, sources: 1, chain: make => range(0, 500).pipe(concatMap(() => make(5))) },
  'concatMap, a source outside': {
    per: 6 / 5,
    most: 2,
    sources: 2,
    chain: make => make(1e6).pipe(concatMap(() => make(5)))
  },
  'concatMap to batches': {
    per: 20 / 3,
    most: 8,
    sources: 1,
    chain: make => range(0, 500).pipe(concatMap(() => make(20).pipe(bufferCount(8))))
  },
  'mergeMap, a source outside': {
    per: 6 / 5,
    most: 2,
    sources: 2,
    chain: make => make(1e6).pipe(mergeMap(() => make(5)))
  },
  'exhaustMap, a source outside': {
    per: 6 / 5,
    most: 2,
    sources: 2,
    chain: make => make(1e6).pipe(exhaustMap(() => make(5)))
  },
  concat: { per: 1, sources: 2, chain: make => concat(make(5), make(1e6)) },
  'merge of 2': { per: 1, sources: 2, chain: make => merge(make(40), make(1e6)) },
  'merge of 3': { per: 8, sources: 3, chain: make => merge(make(1e6), make(1e6), make(1e6)).pipe(bufferCount(8)) },
  'switchMap after a timer': { per: 1, sources: 1, chain: make => timer(1).pipe(switchMap(() => make(1e6))) },
  'stages in between': {
    per: 8,
    sources: 1,
    chain: make =>
      make(1e6).pipe(
        mapConcurrent(async x => x, { concurrency: 8 }),
        bufferCount(8)
      )
  }
}

describe.each([1, 2, 5])('held up by a consumer of depth %i', depth => {
  test.each(Object.keys(cases))('%s', async name => {
    const { per, most = per, sources, chain } = cases[name]!
    const counts: { produced: number; open: number }[] = []
    const consumer = slow<unknown>(depth)
    const items = chain(count => {
      const made = counted(count)
      counts.push(made)
      return made.source
    })
    const produced = (): number => counts.reduce((sum, { produced }) => sum + produced, 0)
    const open = (): number => counts.reduce((sum, { open }) => sum + open, 0)
    let out = 0
    const subscription = items.pipe(consumer.operator).subscribe(() => out++)
    for (let released = 0; released < 60; released++) {
      await until(() => consumer.waiting.length === depth)
      await turn(2)
      expect(produced() - out * per).toBeLessThanOrEqual(2 * depth * most + sources)
      consumer.waiting.shift()!.resolve()
      await until(() => out === released + 1)
    }
    await until(() => consumer.waiting.length === depth)
    subscription.unsubscribe()
    const end = produced()
    expect(open()).toBe(0)
    for (const { resolve } of consumer.waiting) resolve()
    await turn(3)
    await new Promise(resolve => setTimeout(resolve, 3))
    expect(produced()).toBe(end)
    expect(out).toBe(60)
    expect(await leaked()).toBe(false)
  })
})

describe('an operator whose work is not done', () => {
  const never = (): Promise<number> => new Promise(() => {})

  test.each([
    ['mergeMap', mergeMap(never, 4)],
    ['concatMap', concatMap(never)]
  ])('of RxJS takes in all that there is: %s', async (_, operator) => {
    const made = counted(5000)
    const subscription = made.source.pipe(operator, mapConcurrent(never, { concurrency: 1 })).subscribe()
    await until(() => made.produced === 5000)
    subscription.unsubscribe()
  })

  test.each([true, false])('mapConcurrent takes in what it has room for, ordered: %s', async ordered => {
    const made = counted(5000)
    const subscription = made.source.pipe(mapConcurrent(never, { concurrency: 3, ordered })).subscribe()
    await turn(50)
    expect(made.produced).toBe(3)
    subscription.unsubscribe()
    expect(made.open).toBe(0)
  })
})

function raise(): never {
  throw new Error('raised')
}
