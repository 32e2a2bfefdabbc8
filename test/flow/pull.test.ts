import {
  concatMap,
  filter,
  map,
  merge,
  type Observable,
  range,
  repeat,
  retry,
  type Subscription,
  take,
  timer
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { currentContext } from '#dist/flow/context.js'
import { DONE, fromPull, PENDING } from '#dist/flow/pull.js'
import { stage } from '#dist/flow/stage.js'
import { collect, counted, leaked, pending, turn, until } from './support.js'

describe('a source', () => {
  test('emits synchronously, from the beginning for each subscription', () => {
    const made = counted(3)
    const seen: number[] = []
    made.source.subscribe(x => seen.push(x))
    made.source.subscribe(x => seen.push(x))
    expect([seen, made.open, made.closed]).toEqual([[0, 1, 2, 0, 1, 2], 0, 2])
  })

  test('waits, and is woken: later, at once, and without need', async () => {
    let asked = 0
    const source = fromPull<number>(wake => ({
      pull() {
        asked++
        if (asked === 1 || asked === 2) wake()
        if (asked === 3) void turn().then(wake)
        if (asked === 4) wake()
        return asked < 4 ? PENDING : asked === 5 ? DONE : asked
      }
    }))
    expect(await collect(source)).toEqual([4, 'complete'])
    expect(asked).toBe(5)
  })

  test('is asked once and then left alone while it waits', async () => {
    let asked = 0
    const subscription = fromPull(() => ({
      pull() {
        asked++
        return PENDING
      }
    })).subscribe()
    await turn(3)
    expect(asked).toBe(1)
    subscription.unsubscribe()
  })

  test('is closed once, whatever the end', async () => {
    const ends: Record<string, (source: Observable<number>) => Observable<unknown>> = {
      complete: source => source,
      'taken enough': source => source.pipe(take(2)),
      'an operator throws': source =>
        source.pipe(
          map(x => {
            if (x === 2) throw 'thrown'
            return x
          })
        )
    }
    for (const [name, end] of Object.entries(ends)) {
      const made = counted(5)
      await collect(end(made.source))
      expect([name, made.open, made.closed]).toEqual([name, 0, 1])
    }
    const closed: string[] = []
    const failing = fromPull<never>(() => ({
      pull() {
        throw undefined
      },
      close: () => closed.push('closed')
    }))
    expect(await collect(failing)).toEqual([['error', undefined]])
    expect(closed).toEqual(['closed'])
  })

  test('whose start throws is an error', async () => {
    const source = fromPull<never>(() => {
      throw 'no start'
    })
    expect(await collect(source)).toEqual([['error', 'no start']])
  })

  test('that unsubscribes itself while it is asked loses that item, and is closed afterwards', async () => {
    const log: unknown[] = []
    let subscription: Subscription | undefined
    const source = fromPull<number>(wake => {
      let asked = 0
      return {
        pull() {
          if (asked++ === 0) {
            void turn().then(wake)
            return PENDING
          }
          subscription!.unsubscribe()
          log.push('asked')
          return 1
        },
        close: () => log.push('closed')
      }
    })
    subscription = source.subscribe(item => log.push(item))
    await turn(3)
    expect(log).toEqual(['asked', 'closed'])
  })

  test('woken after its end is not asked again', async () => {
    let wakeUp = (): void => {}
    let asked = 0
    const subscription = fromPull(wake => {
      wakeUp = wake
      return {
        pull() {
          asked++
          return PENDING
        }
      }
    }).subscribe()
    subscription.unsubscribe()
    wakeUp()
    await turn(2)
    expect(asked).toBe(1)
  })

  test('that waits does not hold up one beside it, and holds up the one around it', async () => {
    const gated = stage<number, number>({ name: 'gated', depth: 2, start: () => ({ work: x => x }) })
    const beside = merge(pending(2), counted(2, i => 10 + i).source)
    expect(await collect(beside.pipe(gated))).toEqual([10, 11, 0, 1, 'complete'])
    const outer = counted(1000)
    const subscription = outer.source
      .pipe(
        concatMap(() => pending(1000)),
        gated
      )
      .subscribe()
    await turn(20)
    expect(outer.produced).toBe(1)
    subscription.unsubscribe()
    expect(outer.open).toBe(0)
  })

  test('that waits does not hold up a source without a gate', async () => {
    const outer = counted(5)
    const waiting: Subscription[] = []
    outer.source.subscribe(() => waiting.push(fromPull(() => ({ pull: () => PENDING })).subscribe()))
    expect(waiting.length).toBe(5)
    for (const subscription of waiting) subscription.unsubscribe()
  })

  test('goes on when the inner one that it waited for is given up', async () => {
    const gated = stage<number, number>({ name: 'gated', depth: 2, start: () => ({ work: x => x }) })
    const never = fromPull<number>(() => ({ pull: () => PENDING }))
    const items = counted(3).source.pipe(
      concatMap(x => merge(never, timer(1).pipe(map(() => x))).pipe(take(1))),
      gated
    )
    expect(await collect(items)).toEqual([0, 1, 2, 'complete'])
  })

  test('is started and closed outside of any context', async () => {
    const seen: unknown[] = []
    const source = fromPull<number>(() => {
      seen.push(currentContext())
      return { pull: () => DONE, close: () => seen.push(currentContext()) }
    })
    await collect(source.pipe(stage({ name: 'gated', depth: 2, start: () => ({ work: (x: number) => x }) })))
    expect(seen).toEqual([undefined, undefined])
  })
})

/** Each passes so many items; none may fill the stack or keep timers from firing. */
describe('a long run', () => {
  const passing = (depth: number) => stage<number, number>({ name: 'passing', depth, start: () => ({ work: x => x }) })
  const runs: Record<string, readonly [count: number, run: () => Observable<unknown>]> = {
    'a source alone': [2e6, () => counted(2e6).source],
    'a synchronous stage of depth 1': [2e6, () => counted(2e6).source.pipe(passing(1))],
    'stages in a row': [2e5, () => counted(2e5).source.pipe(passing(1), passing(3), passing(1))],
    'short epochs, repeated': [3e5, () => counted(3).source.pipe(repeat(1e5), passing(4))],
    'short epochs, repeated, without a gate': [3e5, () => counted(3).source.pipe(repeat(1e5))],
    'short epochs, one after the other': [
      1e5,
      () =>
        range(0, 5e4).pipe(
          concatMap(() => counted(2).source),
          passing(1)
        )
    ],
    'short epochs through many operators, without a gate': [
      1e4,
      () =>
        range(0, 5e3).pipe(
          concatMap(() => Array.from({ length: 30 }, () => same).reduce((x, f) => f(x), counted(2).source))
        )
    ],
    'short epochs within a source': [
      3e5,
      () =>
        counted(1e5).source.pipe(
          concatMap(() => counted(3).source),
          passing(4)
        )
    ],
    'empty epochs': [1, () => counted(1e5).source.pipe(concatMap(x => counted(x < 1e5 - 1 ? 0 : 1).source))],
    'hardly anything left': [
      2,
      () =>
        counted(4).source.pipe(
          repeat(1e5),
          filter((_, i) => i % 2e5 === 0),
          passing(1)
        )
    ],
    'errors, retried': [
      1e5,
      () => {
        let count = 0
        const failing = counted(2).source.pipe(
          map(x => {
            if (x === 1 && ++count < 1e5) throw 'again'
            return x
          })
        )
        return failing.pipe(
          retry(),
          filter(x => x === 0),
          passing(1)
        )
      }
    ],
    'asynchronous work': [
      1e5,
      () => counted(1e5).source.pipe(stage({ name: 'a', depth: 2, start: () => ({ work: async x => x }) }))
    ]
  }

  test.each(Object.keys(runs))('%s', async name => {
    const [count, run] = runs[name]!
    let fired = 0
    let passed = 0
    let over = false
    const interval = setInterval(() => fired++, 1)
    run().subscribe({ next: () => passed++, complete: () => (over = true) })
    await until(() => over)
    clearInterval(interval)
    expect(passed).toBe(count)
    expect(fired).toBeGreaterThan(0)
    expect(await leaked()).toBe(false)
  })

  test('of work that is done in microtasks lets timers fire', async () => {
    let fired = false
    const subscription = counted(Infinity)
      .source.pipe(passing(2), stage({ name: 'a', depth: 1, start: () => ({ work: async x => x }) }))
      .subscribe()
    setTimeout(() => {
      fired = true
    }, 1)
    await until(() => fired)
    subscription.unsubscribe()
  })
})

function same<T>(source: Observable<T>): Observable<T> {
  return source.pipe(map(x => x))
}
