/** Sources that count, work that is done by hand, and waiting for turns of the event loop instead of for time. */
import { type Observable, Observable as RxObservable } from 'rxjs'
import { currentContext } from '#dist/flow/context.js'
import { DONE, fromPull, PENDING } from '#dist/flow/pull.js'
import { stage } from '#dist/flow/stage.js'

export interface Counted<T> {
  readonly source: Observable<T>
  /** Items produced, by all subscriptions. */
  produced: number
  /** Subscriptions that are open. */
  open: number
  /** Subscriptions that were closed, counted by calls of `close`. */
  closed: number
}

/** A source of Millrace that makes `count` items of each subscription. */
export function counted<T = number>(count: number, make: (i: number) => T = i => i as T): Counted<T> {
  const counts = {
    produced: 0,
    open: 0,
    closed: 0,
    source: fromPull<T>(() => {
      let next = 0
      counts.open++
      return {
        pull() {
          if (next === count) return DONE
          counts.produced++
          return make(next++)
        },
        close() {
          counts.open--
          counts.closed++
        }
      }
    })
  }
  return counts
}

/** The same values from RxJS alone, synchronously. */
export function plain<T = number>(count: number, make: (i: number) => T = i => i as T): Observable<T> {
  return new RxObservable(subscriber => {
    for (let i = 0; i < count && !subscriber.closed; i++) subscriber.next(make(i))
    subscriber.complete()
  })
}

/** A source of Millrace each of whose items is pending first, for so many turns as `turns` says. */
export function pending<T = number>(count: number, make: (i: number) => T = i => i as T, turns = 1): Observable<T> {
  return fromPull<T>(wake => {
    let next = 0
    let ready = false
    return {
      pull() {
        if (next === count) return DONE
        if (ready) {
          ready = false
          return make(next++)
        }
        void turn(turns).then(() => {
          ready = true
          wake()
        })
        return PENDING
      }
    }
  })
}

export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error?: unknown): void
}

export function deferred<T = void>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle! }
}

/** Waits for so many turns of the event loop; timers that are due run in between. */
export async function turn(count = 1): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>(resolve => setImmediate(resolve))
}

/** Waits until something holds, turn by turn. The runner's timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

/** Runs until nothing happens any more: for pipelines that are held up, not for ones that go on for ever. */
export async function settled(progress: () => unknown): Promise<void> {
  for (let still = 0, last: unknown; still < 20; ) {
    await new Promise<void>(resolve => setTimeout(resolve, 1))
    await turn()
    const now = progress()
    still = now === last ? still + 1 : 0
    last = now
  }
}

/** A consumer that is held up by hand: each item waits for `release`. */
export function slow<T>(depth: number): {
  readonly operator: (source: Observable<T>) => Observable<T>
  /** Items that are waiting. */
  readonly waiting: Deferred<void>[]
  /** Items whose work has been begun. */
  taken: number
} {
  const waiting: Deferred<void>[] = []
  const state = {
    waiting,
    taken: 0,
    operator: stage<T, T>({
      name: 'slow',
      depth,
      start: () => ({
        async work(item) {
          state.taken++
          const gone = deferred()
          waiting.push(gone)
          await gone.promise
          return item
        }
      })
    })
  }
  return state
}

/** Everything that an Observable notifies of, as one list. */
export function collect<T>(source: Observable<T>): Promise<unknown[]> {
  return new Promise(resolve => {
    const notes: unknown[] = []
    source.subscribe({
      next: value => notes.push(value),
      error: (error: unknown) => resolve([...notes, ['error', error]]),
      complete: () => resolve([...notes, 'complete'])
    })
  })
}

/** Whether an ambient context has been left behind. */
export async function leaked(): Promise<boolean> {
  const now = currentContext() !== undefined
  await turn()
  return now || currentContext() !== undefined
}
