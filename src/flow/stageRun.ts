/** One subscription of a stage. */
import { Subscriber } from 'rxjs'
import { runIn } from './context.js'
import { Gate } from './gate.js'
import type { Meter } from './meter.js'
import { OverrunWatch } from './overrun.js'
import { abortController, now } from './platform.js'
import { type Gated, Pump } from './pump.js'
import { Queue } from './queue.js'
import type { StageOptions, StageResult, StageWork } from './stage.js'
import { Stopwatch } from './stopwatch.js'

/** A result that is none: nothing is emitted for the item. */
export const NOTHING: unique symbol = Symbol('nothing')

interface Job {
  state: 'waiting' | 'working' | 'ready' | 'failed' | 'nothing'
  /** The item, then its result or error. */
  value: unknown
}

/** As a pump, it emits under the gate that it found; what is before it runs under a gate of its own. */
export class StageRun<I, O> extends Pump {
  readonly input: Gate = new Gate()
  readonly observer: Subscriber<I>
  readonly #subscriber: Subscriber<O>
  readonly #work: StageWork<I, O>
  readonly #depth: number
  readonly #concurrency: number
  readonly #ordered: boolean
  readonly #overrun: OverrunWatch
  readonly #meter: Meter
  readonly #abort: AbortController = abortController()
  /** Jobs that are not begun. */
  readonly #waiting = new Queue<Job>()
  /** Ordered: all jobs. Otherwise: those that are done. */
  readonly #results = new Queue<Job>()
  /** Jobs that are in work, or done and not emitted. */
  #begun = 0
  #working = 0
  #emitted = 0
  #beginning = false
  #inputOver = false
  readonly #busy = new Stopwatch(false)
  readonly #stalled = new Stopwatch(false)
  /** No more work is begun. */
  #failed = false

  constructor(context: Gated, options: StageOptions<I, O>, subscriber: Subscriber<O>) {
    super(context, false)
    const { name, depth, concurrency = depth, ordered = true } = options
    this.#subscriber = subscriber
    this.#depth = depth
    this.#concurrency = concurrency
    this.#ordered = ordered
    this.#overrun = new OverrunWatch(name, depth)
    this.#work = options.start()
    this.observer = new Subscriber<I>({
      next: item => this.#arrive(item),
      error: (error: unknown) => this.#finish({ state: 'failed', value: error }),
      complete: () => this.#finish()
    })
    const meter: Meter = {
      name,
      depth,
      held: () => (this.alive ? this.#held : 0),
      items: () => this.#emitted,
      hungryMs: time => this.input.wantMs(time),
      busyMs: time => this.#busy.ms(time),
      stalledMs: time => this.#stalled.ms(time),
      details: () => this.#work.details?.() ?? {},
      uses: () => this.#work.uses?.()
    }
    this.#meter = meter
    if (this.context.meters === undefined) return
    this.context.meters.add(meter)
    const time = now()
    for (const ms of [meter.hungryMs, meter.busyMs, meter.stalledMs]) ms(time) // time is counted from now on
  }

  step(): boolean {
    const job = this.#results.peek()
    if (!this.#isDue(job)) return false
    if (job === undefined || job.state === 'failed') {
      this.gate.remove(this)
      if (job === undefined) this.#subscriber.complete()
      else this.#subscriber.error(job.value)
      return false
    }
    this.#results.shift()
    this.#subscriber.next(job.value as O)
    if (!this.alive) return false
    this.#begun--
    this.#emitted++
    this.#goOn()
    return true
  }

  end(): void {
    this.gate.remove(this)
    this.observer.unsubscribe()
    this.input.close()
    this.context.meters?.retire(this.#meter)
    if (!this.#inputOver || this.#held > 0) this.#abort.abort()
    for (const { state, value } of this.#results.drain()) if (state === 'ready') this.#work.discard?.(value as O)
    for (const { value } of this.#waiting.drain()) this.#work.drop?.(value as I)
    this.#work.stop?.()
  }

  get #held(): number {
    return this.#waiting.length + this.#begun
  }

  #arrive(item: I): void {
    const job: Job = { state: 'waiting', value: item }
    this.#waiting.push(job)
    if (this.#ordered) this.#results.push(job)
    if (this.#held >= this.#depth) this.input.close()
    this.#watch()
    this.#overrun.check(this.#held)
    this.#begin()
  }

  #finish(failure?: Job): void {
    this.#inputOver = true
    if (failure !== undefined) {
      this.#failed = !this.#ordered
      this.#results.push(failure)
    }
    this.#wakeIfDue()
  }

  /** Begins what may be in work now. */
  #begin(): void {
    if (this.#beginning) return
    this.#beginning = true
    try {
      while (!this.#failed && this.#working < this.#concurrency && this.#begun < this.#depth) {
        const job = this.#waiting.shift()
        if (job === undefined) return
        this.#begun++
        this.#working++
        this.#do(job)
      }
    } finally {
      this.#beginning = false
    }
  }

  #do(job: Job): void {
    const item = job.value as I
    const done = (value: unknown): void => this.#settle(job, 'ready', value)
    const failed = (error: unknown): void => this.#settle(job, 'failed', error)
    let result: StageResult<O>
    job.state = 'working'
    try {
      result = runIn(undefined, () => this.#work.work(item, this.#abort.signal))
    } catch (error) {
      failed(error)
      return
    }
    if (isPromiseLike(result)) Promise.resolve(result).then(done, failed)
    else done(result)
  }

  #settle(job: Job, state: 'ready' | 'failed', value: unknown): void {
    this.#working--
    if (!this.alive) {
      if (state === 'ready' && value !== NOTHING) this.#work.discard?.(value as O)
      return
    }
    const nothing = state === 'ready' && value === NOTHING
    job.state = nothing ? 'nothing' : state
    job.value = value
    if (state === 'failed') this.#fail()
    if (!this.#ordered) this.#results.push(job)
    this.#goOn()
    this.#wakeIfDue()
  }

  /** After a result has come or gone, or an item has come. */
  #watch(): void {
    const isFull = this.#held >= this.#depth
    const isDue = this.#isDue(this.#results.peek())
    this.#busy.set(isFull && !isDue)
    this.#stalled.set(isFull && isDue)
  }

  #fail(): void {
    this.#failed = true
    this.input.close()
  }

  /** After a place has become free. */
  #goOn(): void {
    while (this.#results.peek()?.state === 'nothing') {
      this.#results.shift()
      this.#begun--
    }
    this.#begin()
    if (this.#held < this.#depth && !this.#failed && !this.#inputOver) this.input.open()
    this.#watch()
  }

  #wakeIfDue(): void {
    if (this.#isDue(this.#results.peek())) this.gate.wake(this)
  }

  #isDue(first: Job | undefined): boolean {
    if (first === undefined) return this.#inputOver && this.#held === 0
    return first.state === 'ready' || first.state === 'failed'
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === 'function'
}
