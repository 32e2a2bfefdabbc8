import fc from 'fast-check'
import {
  bufferCount,
  catchError,
  combineLatest,
  concat,
  concatMap,
  connect,
  count,
  defaultIfEmpty,
  distinctUntilChanged,
  EMPTY,
  endWith,
  exhaustMap,
  expand,
  filter,
  groupBy,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  pairwise,
  race,
  range,
  repeat,
  retry,
  sample,
  scan,
  share,
  skip,
  startWith,
  switchMap,
  take,
  takeLast,
  takeUntil,
  takeWhile,
  throwError,
  timer,
  toArray,
  windowCount,
  withLatestFrom,
  zip
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { stage } from '#dist/flow/stage.js'
import { mapConcurrent } from '#dist/operators/mapConcurrent.js'
import { collect, counted, leaked, pending, plain, turn } from './support.js'

/** A source of `count` values that begin at `first`. */
type Make = (count: number, first?: number) => Observable<number>

const synchronous: Make = (count, first = 0) => plain(count, i => first + i)
const ours: Make = (count, first = 0) => counted(count, i => first + i).source
const waiting: Make = (count, first = 0) => pending(count, i => first + i)

const chains: Record<string, (make: Make) => Observable<unknown>> = {
  'map, filter, scan, take': make =>
    make(50).pipe(
      map(x => x * 2),
      filter(x => x % 3 !== 0),
      scan((a, b) => a + b, 0),
      take(20)
    ),
  bufferCount: make => make(50).pipe(bufferCount(7)),
  pairwise: make => make(20).pipe(pairwise()),
  'repeat(n)': make => make(7).pipe(repeat(5)),
  'repeat, take': make => make(7).pipe(repeat(), take(40)),
  'repeat({ delay })': make => make(7).pipe(repeat({ delay: 1, count: 4 })),
  'retry({ delay })': make =>
    make(7).pipe(
      failAfter(5),
      retry({ delay: 1, count: 3 }),
      catchError(() => of(-1))
    ),
  'retry(n)': make =>
    make(7).pipe(
      failAfter(5),
      retry(3),
      catchError(() => make(2, 70))
    ),
  'concatMap, range outside': make => range(0, 4).pipe(concatMap(e => make(9, e * 100))),
  'concatMap, a source outside': make => make(4).pipe(concatMap(e => make(9, e * 100))),
  'concatMap thrice': make =>
    make(3).pipe(
      concatMap(a => make(3, a * 10)),
      concatMap(b => make(3, b * 10)),
      concatMap(c => make(2, c * 10))
    ),
  'mergeMap, a source outside': make => make(4).pipe(mergeMap(e => make(9, e * 100))),
  'mergeMap of merge': make => make(4).pipe(mergeMap(e => merge(make(5, e * 100), make(3, e * 1000)))),
  'mergeMap of concat and repeat': make =>
    make(4).pipe(mergeMap(e => concat(make(2, e * 10), make(0), make(2, e * 100)).pipe(repeat(2)))),
  'switchMap, a source outside': make => make(4).pipe(switchMap(e => make(9, e * 100))),
  'exhaustMap, a source outside': make => make(4).pipe(exhaustMap(e => make(9, e * 100))),
  'switchMap after a timer': make => timer(1).pipe(switchMap(() => make(30))),
  'concatMap to timers and sources': make =>
    range(0, 3).pipe(concatMap(e => concat(make(5, e), timer(1).pipe(switchMap(() => make(5, e * 100)))))),
  'merge of 2': make => merge(make(20), make(20, 100)),
  'merge of 3, one at a time': make => merge(make(20), make(20, 100), make(20, 200), 1),
  'merge of merges': make => merge(merge(make(5), make(5, 10)), concat(make(5, 20), make(5, 30)), make(5, 40)),
  concat: make => concat(make(20), make(0), make(20, 100)),
  'zip, combineLatest, withLatestFrom': make =>
    concat(
      zip(make(5), make(7, 100)),
      combineLatest([make(5), make(7, 100)]),
      make(5).pipe(withLatestFrom(make(4, 100)))
    ),
  'takeUntil, race, sample': make =>
    concat(
      make(9).pipe(takeUntil(make(1))),
      make(9).pipe(takeUntil(make(0))),
      race(make(4), make(5)),
      make(9).pipe(sample(make(3)))
    ),
  expand: make => make(2, 1).pipe(expand(x => (x < 100 ? make(2, x * 10) : EMPTY))),
  'groupBy and windows': make =>
    make(20).pipe(
      groupBy(x => x % 3),
      mergeMap(group => group.pipe(take(4), toArray())),
      toArray(),
      mergeMap(() =>
        make(10).pipe(
          windowCount(3),
          concatMap(window => window.pipe(count()))
        )
      )
    ),
  'share and connect': make =>
    concat(
      make(6).pipe(connect(shared => merge(shared.pipe(take(2)), shared.pipe(map(x => -x))))),
      make(6).pipe(share(), take(3))
    ),
  'startWith, endWith, toArray': make => make(6).pipe(startWith(-1), endWith(-2), toArray()),
  'an error in the middle': make =>
    concat(
      make(5),
      throwError(() => 'broken'),
      make(5)
    ),
  'a falsy error': make => make(5).pipe(concatMap(x => (x === 3 ? throwError(() => undefined) : make(2, x)))),
  'an error thrown by an operator': make => make(5).pipe(map(x => (x === 3 ? raise() : x))),
  'take of an inner source': make =>
    make(9).pipe(
      concatMap(e => make(9, e * 10).pipe(take(2))),
      take(11)
    ),
  'empty ones': make => merge(make(0), make(0).pipe(defaultIfEmpty(7)), make(3).pipe(concatMap(() => make(0))))
}

/** Some of their sources are side by side: only a gate keeps those in order, and only while none has to be waited for. */
const sideBySide = [
  'mergeMap of merge',
  'merge of 2',
  'merge of merges',
  'zip, combineLatest, withLatestFrom',
  'takeUntil, race, sample',
  'empty ones'
]

const consumers: Record<string, <T>() => OperatorFunction<T, T>> = {
  'a synchronous stage of depth 1': () => stage({ name: 's', depth: 1, start: () => ({ work: x => x }) }),
  'a slow stage of depth 1': () => mapConcurrent(slowly, { concurrency: 1 }),
  'a slow stage of depth 3': () => mapConcurrent(slowly, { concurrency: 3 }),
  'stages in a row': () => source =>
    source.pipe(
      mapConcurrent(async x => x, { concurrency: 2 }),
      mapConcurrent(x => x, { concurrency: 1 }),
      mapConcurrent(slowly)
    )
}

describe.each(Object.keys(consumers))('equal to RxJS over synchronous sources, through %s', consumer => {
  test.each(Object.keys(chains))('%s', async name => {
    const chain = chains[name]!
    const expected = await collect(chain(synchronous))
    expect(await collect(chain(ours).pipe(consumers[consumer]!()))).toEqual(expected)
    expect(await leaked()).toBe(false)
  })
})

describe.each(Object.keys(chains).filter(name => !sideBySide.includes(name)))('%s', name => {
  const chain = chains[name]!

  test('equal to RxJS without a gate', async () => {
    expect(await collect(chain(ours))).toEqual(await collect(chain(synchronous)))
  })

  test('equal to RxJS where every item is waited for', async () => {
    const actual = await collect(chain(waiting).pipe(mapConcurrent(x => x, { concurrency: 2 })))
    expect(actual).toEqual(await collect(chain(synchronous)))
    expect(await leaked()).toBe(false)
  })
})

test('any composition equals RxJS', async () => {
  const depths = fc.integer({ min: 1, max: 4 })
  await fc.assert(
    fc.asyncProperty(compositions(), depths, fc.boolean(), async ({ chain }, depth, now) => {
      const expected = await collect(chain(synchronous))
      const work = now ? (x: number) => x : async (x: number) => x
      expect(await collect(chain(ours).pipe(mapConcurrent(work, { concurrency: depth })))).toEqual(expected)
    }),
    { numRuns: 300, seed: 11 }
  )
})

test('slices of time do not change the order', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  const many = (make: Make): Observable<number> =>
    merge(
      make(30_000),
      make(3, 1).pipe(concatMap(e => make(10_000, e * 100_000))),
      concat(make(10_000), make(10).pipe(repeat(1000)))
    ).pipe(filter(x => Math.sqrt(x) !== 0.5))
  const expected = await lastValueFrom(many(synchronous).pipe(toArray()))
  const actual = await lastValueFrom(
    many(ours).pipe(stage({ name: 's', depth: 1, start: () => ({ work: x => x }) }), toArray())
  )
  clearInterval(timer)
  expect(turns).toBeGreaterThan(0)
  expect(actual.length).toBe(expected.length)
  expect(actual.every((x, i) => x === expected[i])).toBe(true)
})

interface Composition {
  readonly text: string
  readonly chain: (make: Make) => Observable<number>
}

/** Pipelines of synchronous operators over sources, nested at most a few deep. */
function compositions(): fc.Arbitrary<Composition> {
  const small = fc.integer({ min: 0, max: 5 })
  const { node } = fc.letrec<{ node: Composition; leaf: Composition }>(tie => ({
    leaf: small.map(n => ({ text: `make(${n})`, chain: (make: Make) => make(n, n * 10) })),
    node: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'composition' },
      tie('leaf'),
      fc.tuple(fc.constantFrom(...Object.keys(unary)), small, tie('node')).map(([name, n, inner]) => ({
        text: `${name}(${n}, ${inner.text})`,
        chain: (make: Make) => unary[name]!(inner.chain(make), n).pipe(take(150))
      })),
      fc.tuple(fc.constantFrom(...Object.keys(binary)), tie('node'), tie('node')).map(([name, a, b]) => ({
        text: `${name}(${a.text}, ${b.text})`,
        chain: (make: Make) => binary[name]!(a.chain(make), b.chain(make)).pipe(take(150))
      }))
    )
  }))
  return node.map(({ text, chain }) => ({ text, chain, [fc.toStringMethod]: () => text }))
}

const unary: Record<string, (source: Observable<number>, n: number) => Observable<number>> = {
  map: (source, n) => source.pipe(map(x => x + n)),
  filter: (source, n) => source.pipe(filter(x => x % (n + 2) !== 0)),
  take: (source, n) => source.pipe(take(n)),
  skip: (source, n) => source.pipe(skip(n)),
  takeLast: source => source.pipe(takeLast(1)),
  takeWhile: (source, n) => source.pipe(takeWhile(x => x % 7 !== n, true)),
  scan: source => source.pipe(scan((a, b) => a + b, 0)),
  repeat: (source, n) => source.pipe(repeat(n)),
  retry: (source, n) =>
    source.pipe(
      failAfter(n),
      retry(2),
      catchError(() => of(-n))
    ),
  fail: (source, n) => source.pipe(failAfter(n)),
  bufferCount: (source, n) =>
    source.pipe(
      bufferCount(n + 1),
      map(list => list.reduce((a, b) => a + b))
    ),
  distinct: source => source.pipe(distinctUntilChanged()),
  withLatestFrom: (source, n) =>
    source.pipe(
      withLatestFrom(of(n)),
      map(([a, b]) => a + b)
    )
}

const binary: Record<string, (a: Observable<number>, b: Observable<number>) => Observable<number>> = {
  concat: (a, b) => concat(a, b),
  merge: (a, b) => merge(a, b),
  concatMap: (a, b) => a.pipe(concatMap(x => b.pipe(map(y => x + y)))),
  mergeMap: (a, b) => a.pipe(mergeMap(x => b.pipe(map(y => x * y)))),
  switchMap: (a, b) => a.pipe(switchMap(x => merge(of(x), b))),
  exhaustMap: (a, b) => a.pipe(exhaustMap(() => b)),
  catchError: (a, b) => a.pipe(catchError(() => b)),
  takeUntil: (a, b) => a.pipe(takeUntil(b)),
  zip: (a, b) => zip(a, b).pipe(map(([x, y]) => x - y)),
  race: (a, b) => race(a, b),
  combineLatest: (a, b) => combineLatest([a, b]).pipe(map(([x, y]) => x - y))
}

function failAfter<T>(n: number): OperatorFunction<T, T> {
  return source => source.pipe(map((x, i) => (i === n ? raise() : x)))
}

function raise(): never {
  throw 'raised'
}

async function slowly<T>(x: T): Promise<T> {
  await turn()
  return x
}
