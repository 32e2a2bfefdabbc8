/** The engine of operators that gather items into groups and emit each group in another order. */
import { Observable, type OperatorFunction, Subscriber } from 'rxjs'
import { type FlowContext, runIn } from './context.js'
import { Gate } from './gate.js'
import { type Gated, gatedContext, Pump } from './pump.js'
import { Queue } from './queue.js'

/** Gathers the items of one subscription. What it throws becomes the subscription's error. */
export interface Gathering<I, O> {
  /** Takes an item; gives the groups that are complete now. */
  add(item: I): readonly (readonly O[])[]
  /** Gives what is left when there are no more items. */
  end(): readonly O[]
}

/**
 * An operator that emits the items of a group, one at a time, while the gate of its own subscription is open. Meanwhile
 * it gathers one more group, and then asks for nothing until the first is over.
 *
 * An error of the source comes after the groups that were complete; what was gathered of the next one is dropped, so
 * that no group is ever emitted of whose items some did not come.
 *
 * @param within The context that the source is subscribed to in, made of the ambient one.
 * @param start Called for each subscription, in its context.
 */
export function regroup<I, O>(
  within: (context: FlowContext) => FlowContext,
  start: () => Gathering<I, O>
): OperatorFunction<I, O> {
  return source =>
    new Observable<O>(subscriber => {
      const context = gatedContext()
      const run = new GroupRun<I, O>(context, start(), subscriber)
      subscriber.add(() => run.end())
      run.gate.add(run)
      runIn({ ...within(context), gate: run.input }, () => source.subscribe(run.observer))
    })
}

class GroupRun<I, O> extends Pump {
  readonly input: Gate = new Gate()
  readonly observer: Subscriber<I>
  readonly #subscriber: Subscriber<O>
  readonly #groups = new Queue<readonly O[]>()
  /** Items of the first group that have been emitted. */
  #emitted = 0
  #over: { readonly error?: unknown; readonly failed: boolean } | undefined

  constructor(context: Gated, gathering: Gathering<I, O>, subscriber: Subscriber<O>) {
    super(context, false)
    this.#subscriber = subscriber
    this.observer = new Subscriber<I>({
      next: item => this.#take(() => gathering.add(item)),
      error: (error: unknown) => this.#finish({ error, failed: true }),
      complete: () => {
        this.#take(() => [gathering.end()])
        this.#finish({ failed: false })
      }
    })
  }

  step(): boolean {
    const group = this.#groups.peek()
    if (group === undefined) {
      if (this.#over === undefined) return false
      const { failed, error } = this.#over
      this.gate.remove(this)
      if (failed) this.#subscriber.error(error)
      else this.#subscriber.complete()
      return false
    }
    const item = group[this.#emitted++]!
    if (this.#emitted === group.length) {
      this.#groups.shift()
      this.#emitted = 0
    }
    this.#subscriber.next(item)
    if (this.alive && this.#emitted === 0) this.input.open()
    return this.alive
  }

  end(): void {
    this.gate.remove(this)
    this.observer.unsubscribe()
    this.input.close()
    this.#groups.drain()
  }

  #take(gather: () => readonly (readonly O[])[]): void {
    if (this.#over !== undefined) return
    try {
      for (const group of gather()) if (group.length > 0) this.#groups.push(group)
    } catch (error) {
      this.#finish({ error, failed: true })
      return
    }
    if (this.#groups.length > 1) this.input.close()
    if (this.#groups.length > 0) this.gate.wake(this)
  }

  #finish(over: { readonly error?: unknown; readonly failed: boolean }): void {
    if (this.#over !== undefined) return
    this.#over = over
    if (over.failed) this.observer.unsubscribe()
    this.gate.wake(this)
  }
}
