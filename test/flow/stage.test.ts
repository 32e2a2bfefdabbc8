import {
  concat,
  concatMap,
  firstValueFrom,
  from,
  lastValueFrom,
  merge,
  type Observable,
  range,
  repeat,
  Subject,
  switchMap,
  take,
  tap,
  throwError,
  timer,
  toArray
} from 'rxjs'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { currentContext, type FlowContext } from '#dist/flow/context.js'
import { NOTHING, type StageOptions, type StageWork, stage } from '#dist/flow/stage.js'
import { mapConcurrent } from '#dist/operators/mapConcurrent.js'
import { collect, counted, type Deferred, deferred, leaked, pending, plain, turn, until } from './support.js'

/** A stage each of whose results is given by hand, with a record of what became of them. */
function byHand(options: Partial<StageOptions<number, string>> = {}) {
  const jobs = new Map<number, Deferred<string>>()
  const begun: number[] = []
  const discarded: string[] = []
  const dropped: number[] = []
  const signals: AbortSignal[] = []
  const state = { stopped: 0 }
  const operator = stage<number, string>({
    name: 'byHand',
    depth: 3,
    start: () => ({
      work(item, signal) {
        begun.push(item)
        signals.push(signal)
        const job = deferred<string>()
        jobs.set(item, job)
        return job.promise
      },
      discard: result => discarded.push(result),
      drop: item => dropped.push(item),
      stop() {
        state.stopped++
      }
    }),
    ...options
  })
  const done = (item: number): void => jobs.get(item)!.resolve(`${item}`)
  return { operator, jobs, begun, discarded, dropped, signals, state, done }
}

function watch<T>(source: Observable<T>) {
  const notes: unknown[] = []
  const subscription = source.subscribe({
    next: value => notes.push(value),
    error: (error: unknown) => notes.push(['error', error]),
    complete: () => notes.push('complete')
  })
  return { notes, subscription }
}

/** A consumer that takes one item and is never done with it. */
function held<T>(): (source: Observable<T>) => Observable<T> {
  return mapConcurrent(() => new Promise<T>(() => {}), { concurrency: 1 })
}

describe('order', () => {
  test('results come in the order of the items', async () => {
    const { operator, begun, done } = byHand()
    const { notes } = watch(counted(4).source.pipe(operator))
    expect(begun).toEqual([0, 1, 2])
    done(2)
    done(1)
    await turn()
    expect([notes, begun]).toEqual([[], [0, 1, 2]])
    done(0)
    await turn()
    expect([notes, begun]).toEqual([
      ['0', '1', '2'],
      [0, 1, 2, 3]
    ])
    done(3)
    await turn()
    expect(notes).toEqual(['0', '1', '2', '3', 'complete'])
  })

  test('or as they are done', async () => {
    const { operator, begun, done } = byHand({ ordered: false })
    const { notes } = watch(counted(4).source.pipe(operator))
    done(2)
    await turn()
    expect([notes, begun]).toEqual([['2'], [0, 1, 2, 3]])
    done(3)
    await turn()
    done(0)
    done(1)
    await turn()
    expect(notes).toEqual(['2', '3', '0', '1', 'complete'])
  })

  test('fewer are in work than are held', async () => {
    const { operator, begun, done } = byHand({ depth: 5, concurrency: 2 })
    const made = counted(9)
    const { notes } = watch(made.source.pipe(operator))
    expect([made.produced, begun]).toEqual([5, [0, 1]])
    done(1)
    await turn()
    expect([made.produced, begun, notes]).toEqual([5, [0, 1, 2], []])
    done(0)
    await turn()
    expect([made.produced, begun, notes]).toEqual([7, [0, 1, 2, 3], ['0', '1']])
  })

  test.each([true, false])('no result is no item, ordered: %s', async ordered => {
    const odd = stage<number, number>({
      name: 'odd',
      depth: 2,
      ordered,
      start: () => ({ work: x => (x % 4 === 0 ? NOTHING : x % 4 === 2 ? Promise.resolve(NOTHING) : x) })
    })
    expect(await collect(counted(7).source.pipe(odd))).toEqual([1, 3, 5, 'complete'])
  })
})

describe('errors', () => {
  test('of the source come after the results before them', async () => {
    const { operator, done, state, signals } = byHand()
    const { notes } = watch(
      concat(
        counted(2).source,
        throwError(() => 'broken')
      ).pipe(operator)
    )
    done(1)
    await turn()
    expect(notes).toEqual([])
    done(0)
    await turn()
    expect(notes).toEqual(['0', '1', ['error', 'broken']])
    expect([state.stopped, signals[0]!.aborted]).toEqual([1, false])
  })

  test('of the source, unordered, come after the results that are there', async () => {
    const { operator, done, state, signals, discarded } = byHand({ ordered: false })
    const { notes } = watch(
      concat(
        counted(2).source,
        throwError(() => 'broken')
      ).pipe(operator)
    )
    expect(notes).toEqual([['error', 'broken']])
    done(1)
    await turn()
    expect([state.stopped, signals[0]!.aborted, discarded]).toEqual([1, true, ['1']])
  })

  test('of work come in its turn, and nothing more is begun', async () => {
    const { operator, jobs, begun, discarded, dropped, done } = byHand({ depth: 4, concurrency: 3 })
    const made = counted(9)
    const { notes } = watch(made.source.pipe(operator))
    done(2)
    jobs.get(1)!.reject('broken')
    await turn()
    expect([notes, begun]).toEqual([[], [0, 1, 2, 3]])
    done(0)
    await turn()
    expect(notes).toEqual(['0', ['error', 'broken']])
    done(3)
    await turn()
    expect([discarded, dropped, begun]).toEqual([['2', '3'], [], [0, 1, 2, 3]])
    expect([made.produced, made.open]).toEqual([4, 0])
  })

  test('of work stop the source, however much room there is', async () => {
    const { operator, jobs, begun } = byHand({ depth: 9 })
    let produced = 0
    const { subscription } = watch(
      pending(9).pipe(
        tap(() => produced++),
        operator
      )
    )
    await until(() => begun.length === 2)
    jobs.get(1)!.reject('broken')
    await turn(5)
    expect([begun, produced]).toEqual([[0, 1], 2])
    subscription.unsubscribe()
  })

  test('of the source, unordered, let no more work begin', async () => {
    const { operator, begun, done } = byHand({ ordered: false, depth: 4, concurrency: 1 })
    const source = new Subject<number>()
    const { notes, subscription } = watch(source.pipe(operator, held()))
    for (const item of [0, 1, 2]) source.next(item)
    done(0)
    await turn()
    source.error('broken')
    done(1)
    await turn()
    expect([begun, notes]).toEqual([[0, 1], []])
    subscription.unsubscribe()
  })

  test.each([true, false])('are not lost for being falsy, ordered: %s', async ordered => {
    const rejecting = mapConcurrent(() => Promise.reject(undefined), { ordered })
    expect(await collect(counted(3).source.pipe(rejecting))).toEqual([['error', undefined]])
    const throwing = mapConcurrent(
      () => {
        throw undefined
      },
      { ordered }
    )
    expect(await collect(counted(3).source.pipe(throwing))).toEqual([['error', undefined]])
  })

  test('of start reach the subscriber', async () => {
    const failing = stage<number, number>({
      name: 'failing',
      depth: 1,
      start() {
        throw 'no start'
      }
    })
    expect(await collect(counted(3).source.pipe(failing))).toEqual([['error', 'no start']])
  })
})

describe('the end', () => {
  test('unsubscribing aborts, discards what is ready and what comes later, drops what waits', async () => {
    const { operator, jobs, discarded, dropped, signals, state, done } = byHand({ depth: 4, concurrency: 2 })
    const made = counted(9)
    const { notes, subscription } = watch(made.source.pipe(operator))
    done(1)
    await turn()
    subscription.unsubscribe()
    expect([discarded, dropped, state.stopped, signals.map(({ aborted }) => aborted)]).toEqual([
      ['1'],
      [3],
      1,
      [true, true, true]
    ])
    done(0)
    jobs.get(2)!.reject()
    await turn()
    expect([discarded, notes, made.produced, made.open]).toEqual([['1', '0'], [], 4, 0])
  })

  test('a complete stage stops without aborting', async () => {
    const { operator, signals, state, done } = byHand()
    const { notes } = watch(counted(1).source.pipe(operator))
    done(0)
    await turn()
    expect([notes, state.stopped, signals[0]!.aborted]).toEqual([['0', 'complete'], 1, false])
  })

  test('a consumer that has enough stops everything at once', async () => {
    const { operator, begun, done, state } = byHand({ depth: 1 })
    const made = counted(9)
    const { notes } = watch(made.source.pipe(operator, take(2)))
    done(0)
    await turn()
    done(1)
    await turn()
    expect([notes, begun, made.produced, made.open, state.stopped]).toEqual([['0', '1', 'complete'], [0, 1], 2, 0, 1])
  })

  test('a foreign source sees that it is not wanted any more', async () => {
    function* endless() {
      for (let i = 0; ; i++) yield i
    }
    expect(
      await collect(
        from(endless()).pipe(
          mapConcurrent(x => x),
          take(3)
        )
      )
    ).toEqual([0, 1, 2, 'complete'])
  })

  test('subscriptions are independent', async () => {
    const items = counted(3).source.pipe(mapConcurrent(async (x, i) => x * 10 + i))
    expect(await Promise.all([collect(items), collect(items)])).toEqual([
      [0, 11, 22, 'complete'],
      [0, 11, 22, 'complete']
    ])
    expect(await collect(items.pipe(repeat(2)))).toEqual([0, 11, 22, 0, 11, 22, 'complete'])
  })

  test('an empty source, and one that never ends', async () => {
    expect(await collect(counted(0).source.pipe(mapConcurrent(x => x)))).toEqual(['complete'])
    const { operator, state } = byHand()
    watch(new Subject<number>().pipe(operator)).subscription.unsubscribe()
    expect(state.stopped).toBe(1)
  })
})

describe('a source that does not wait', () => {
  const warnings = async (run: () => Promise<void>): Promise<(Error & { code?: string })[]> => {
    const heard: Error[] = []
    const listener = (warning: Error): void => void (warning.name === 'MillraceWarning' && heard.push(warning))
    process.on('warning', listener)
    await run()
    await turn()
    process.off('warning', listener)
    return heard
  }

  test('loses nothing, and is warned of once', async () => {
    let most = 0
    let working = 0
    const heard = await warnings(async () => {
      const fed = mapConcurrent(async (x: number) => {
        most = Math.max(most, ++working)
        await (x % 1000 === 0 ? turn() : undefined)
        working--
        return x
      })
      const items = await lastValueFrom(range(0, 50_000).pipe(fed, toArray()))
      expect(items).toEqual(Array.from({ length: 50_000 }, (_, i) => i))
    })
    expect(most).toBe(4)
    expect(heard.map(({ code }) => code)).toEqual(['MILLRACE_OVERRUN'])
    expect(heard[0]!.message).toMatch(/^mapConcurrent was to hold 4 items/)
  })

  test('has no more results made than are held', async () => {
    const { operator, begun, done } = byHand({ depth: 2 })
    const { subscription } = watch(from([0, 1, 2, 3, 4, 5]).pipe(operator, held()))
    for (const item of [0, 1, 2]) {
      done(item)
      await turn()
    }
    expect(begun).toEqual([0, 1, 2])
    subscription.unsubscribe()
  })

  test('what a pipeline flushes at its end is no overrun', async () => {
    const heard = await warnings(async () => {
      const items = merge(counted(5).source, from([1, 2, 3, 4, 5, 6])).pipe(
        mapConcurrent(async x => x, { concurrency: 1 })
      )
      expect(await lastValueFrom(items.pipe(toArray()))).toHaveLength(11)
    })
    expect(heard).toEqual([])
  })
})

describe('the ambient context', () => {
  test('tells what is wanted to everything upstream, nearest sink first', async () => {
    const seen: (FlowContext['wants'] | undefined)[] = []
    const look = <T>() => tap<T>({ subscribe: () => seen.push(currentContext()?.wants) })
    const pass = (format?: 'uint8' | 'float32') =>
      stage<number, number>({ name: 'pass', depth: 1, wants: format && { format }, start: () => ({ work: x => x }) })
    await lastValueFrom(
      timer(1).pipe(
        switchMap(() => counted(2).source.pipe(look(), pass('float32'), look(), pass(), look())),
        pass('uint8'),
        look()
      )
    )
    expect(seen).toEqual([undefined, { format: 'uint8' }, { format: 'uint8' }, { format: 'float32' }])
  })

  test('ends at work: pipelines that are started there run freely', async () => {
    const inner = (): Promise<number[]> =>
      lastValueFrom(
        counted(20).source.pipe(
          mapConcurrent(async x => x, { concurrency: 2 }),
          toArray()
        )
      )
    const contexts: unknown[] = []
    const step = stage<number, number>({
      name: 'step',
      depth: 1,
      wants: { format: 'uint8' },
      start: () => ({
        async work(x) {
          contexts.push(currentContext())
          const before = await inner()
          await turn()
          contexts.push(currentContext())
          return x + before.length + (await inner()).length
        }
      })
    })
    const fetching = mapConcurrent(async (x: number) => (await inner()).length - 20 + x, { concurrency: 2 })
    expect(await collect(counted(5).source.pipe(fetching, step))).toEqual([40, 41, 42, 43, 44, 'complete'])
    expect(contexts.every(context => context === undefined)).toBe(true)
    expect(await leaked()).toBe(false)
  })

  test('is kept by what continues asynchronously within the pipeline', async () => {
    const kept: boolean[] = []
    const note = (): void => void kept.push(currentContext()?.gate !== undefined)
    const items = counted(2).source.pipe(
      concatMap(async x => {
        note()
        await turn()
        note()
        return x
      }),
      mapConcurrent(x => x)
    )
    expect(await collect(items)).toEqual([0, 1, 'complete'])
    expect(kept).toEqual([true, true, true, true])
    expect(await leaked()).toBe(false)
  })
})

describe('mapConcurrent', () => {
  test('refuses what it cannot use', () => {
    expect(() => mapConcurrent(1 as never)).toThrow(/mapConcurrent: `fn` must be a function/)
    expect(() => mapConcurrent(x => x, { concurrency: 0 })).toThrow(
      /`concurrency` must be a whole number of at least 1/
    )
    expect(() => mapConcurrent(x => x, { ordered: 1 as never })).toThrow(/`ordered` must be true or false/)
    expect(() => mapConcurrent(x => x, { parallel: 2 } as never)).toThrow(/one of the options concurrency, ordered/)
  })

  test('infers what comes out', () => {
    const numbers = plain(3)
    expectTypeOf(numbers.pipe(mapConcurrent(async x => `${x}`))).toEqualTypeOf<Observable<string>>()
    expectTypeOf(numbers.pipe(mapConcurrent(x => [x]))).toEqualTypeOf<Observable<number[]>>()
    expectTypeOf(numbers.pipe(mapConcurrent(x => (x > 1 ? x : Promise.resolve(x))))).toEqualTypeOf<Observable<number>>()
    const work: StageWork<number, string> = { work: async x => (x > 1 ? NOTHING : `${x}`) }
    expectTypeOf(stage({ name: 's', depth: 1, start: () => work })).toEqualTypeOf<
      (source: Observable<number>) => Observable<string>
    >()
  })

  test('may have many listeners to its signal', async () => {
    const heard: Error[] = []
    const listener = (warning: Error): void => void heard.push(warning)
    process.on('warning', listener)
    const work = (_: number, __: number, signal: AbortSignal): Promise<void> =>
      new Promise(resolve => {
        signal.addEventListener('abort', () => resolve())
        setImmediate(resolve)
      })
    await lastValueFrom(counted(30).source.pipe(mapConcurrent(work, { concurrency: 30 })))
    await turn()
    process.off('warning', listener)
    expect(heard).toEqual([])
  })

  test('calls the function with the item, a count and a signal', async () => {
    const calls: unknown[][] = []
    await firstValueFrom(
      plain(2, i => i + 5).pipe(
        mapConcurrent((...args) => calls.push(args)),
        toArray()
      )
    )
    expect(calls).toEqual([
      [5, 0, expect.any(AbortSignal)],
      [6, 1, expect.any(AbortSignal)]
    ])
  })
})
