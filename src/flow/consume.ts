/** The end of a pipeline that is pulled: what `for await` and promises ask of an Observable. */
import { type Observable, Subscriber } from 'rxjs'
import { runIn, type Wants } from './context.js'
import { Gate } from './gate.js'
import { OverrunWatch } from './overrun.js'
import { Queue } from './queue.js'
import { Stopwatch } from './stopwatch.js'

export interface ConsumeOptions<T> {
  /** For warnings. */
  readonly name: string
  /**
   * How many items may lie ready while nobody asks for one.
   * @defaultValue 1
   */
  readonly depth?: number | undefined
  /** What the stages before are to do. */
  readonly wants?: Wants | undefined
  /** Ends the consumption: `next()` rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Gets each item that nobody asked for, because the consumption ended before. */
  readonly discard?: ((item: T) => void) | undefined
}

/** One subscription, begun when the first item is asked for. */
export interface Consumer<T> {
  /** The next item. An error comes once, after the items before it; then, and after the end, there is `done`. */
  next(): Promise<IteratorResult<T, undefined>>
  /** Unsubscribes. Who waits for an item gets `done`. */
  return(): Promise<void>
}

/** Consumes a pipeline item by item. It is a pipeline of its own, wherever it is begun: the ambient context ends here. */
export function consume<T>(source: Observable<T>, options: ConsumeOptions<T>): Consumer<T> {
  const run = new Consumption(source, options)
  return { next: () => run.next(), return: async () => run.end() }
}

type Settled<T> = IteratorResult<T, undefined>

interface Waiter<T> {
  resolve(result: Settled<T>): void
  reject(error: unknown): void
}

class Consumption<T> {
  readonly #source: Observable<T>
  readonly #options: ConsumeOptions<T>
  readonly #depth: number
  /** An item may be made ahead while nobody asks for it, so the gate is open for longer than somebody waits. */
  readonly #wantTime = new Stopwatch(false)
  readonly #gate = new Gate({ wantTime: this.#wantTime })
  readonly #overrun: OverrunWatch
  readonly #observer: Subscriber<T>
  readonly #items = new Queue<T>()
  readonly #waiters = new Queue<Waiter<T>>()
  readonly #onAbort = (): void => this.#stop({ error: this.#options.signal?.reason })
  #begun = false
  /** Over, for whoever has taken what is left. */
  #over = false
  #failure: { readonly error: unknown } | undefined

  constructor(source: Observable<T>, options: ConsumeOptions<T>) {
    this.#source = source
    this.#options = options
    this.#depth = options.depth ?? 1
    this.#overrun = new OverrunWatch(options.name, this.#depth)
    this.#observer = new Subscriber<T>({
      next: item => this.#arrive(item),
      error: (error: unknown) => this.#close({ error }),
      complete: () => this.#close()
    })
  }

  next(): Promise<Settled<T>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (!this.#begun) this.#begin()
      this.#serve()
      if (this.#hasRoom) this.#gate.open()
    })
  }

  end(): void {
    this.#begun = true
    this.#stop()
  }

  get #hasRoom(): boolean {
    return this.#waiters.length > 0 || this.#items.length < this.#depth
  }

  #begin(): void {
    const { signal, wants } = this.#options
    this.#begun = true
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted) this.#onAbort()
    else runIn({ gate: this.#gate, wants }, () => this.#source.subscribe(this.#observer))
  }

  #arrive(item: T): void {
    this.#items.push(item)
    this.#serve()
    if (this.#hasRoom) return
    this.#gate.close()
    this.#overrun.check(this.#items.length)
  }

  /** What lies ready comes first. */
  #close(failure?: { readonly error: unknown }): void {
    this.#failure = failure
    this.#over = true
    this.#serve()
  }

  /** What lies ready is not wanted any more. */
  #stop(failure?: { readonly error: unknown }): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#observer.unsubscribe()
    for (const item of this.#items.drain()) this.#options.discard?.(item)
    this.#close(failure)
  }

  #serve(): void {
    this.#answer()
    this.#wantTime.set(this.#waiters.length > 0)
  }

  #answer(): void {
    while (this.#waiters.length > 0) {
      if (this.#items.length > 0) {
        this.#waiters.shift()!.resolve({ done: false, value: this.#items.shift() as T })
      } else if (this.#failure !== undefined) {
        const { error } = this.#failure
        this.#failure = undefined
        this.#waiters.shift()!.reject(error)
      } else if (this.#over) {
        this.#options.signal?.removeEventListener('abort', this.#onAbort)
        this.#waiters.shift()!.resolve({ done: true, value: undefined })
      } else return
    }
  }
}
