/** Sources: whatever can be asked for its next item becomes an Observable that waits for its gate. */
import { Observable, type Subscriber } from 'rxjs'
import { type FlowContext, runIn } from './context.js'
import { type Gated, gatedContext, Pump } from './pump.js'

/** There are no more items. */
export const DONE: unique symbol = Symbol('done')
/** There is no item now; `wake` will be called. */
export const PENDING: unique symbol = Symbol('pending')

/** Gives out the items of one subscription. */
export interface Puller<T> {
  /** The next item. What it throws becomes the subscription's error. */
  pull(): T | typeof DONE | typeof PENDING
  /** Called once, when the subscription is over, in whatever way. */
  close?(): void
}

/**
 * An Observable that asks for an item only while the ambient gate of its subscription is open. Without a gate it runs
 * freely, synchronously at first, and lets other things happen every few milliseconds.
 *
 * `pull` is called in the context of the pipeline: code of users in it is to be called by `runIn(undefined, …)`.
 *
 * @param start - Called for each subscription, outside of any context. It gets the function to be called when, after
 * `PENDING`, it is worth asking again, and the context that the subscription was made in.
 */
export function fromPull<T>(start: (wake: () => void, context: FlowContext) => Puller<T>): Observable<T> {
  return new Observable<T>(subscriber => {
    const pump = new PullPump(gatedContext(), subscriber, start)
    subscriber.add(() => pump.end())
    if (!subscriber.closed) pump.gate.add(pump)
  })
}

class PullPump<T> extends Pump {
  readonly #subscriber: Subscriber<T>
  readonly #puller: Puller<T>
  #pulling = false
  #ended = false

  constructor(context: Gated, subscriber: Subscriber<T>, start: (wake: () => void, context: FlowContext) => Puller<T>) {
    super(context, true)
    this.#subscriber = subscriber
    this.#puller = runIn(undefined, () => start(() => this.gate.wake(this), context))
  }

  step(): boolean {
    let item: T | typeof DONE | typeof PENDING
    this.#pulling = true
    try {
      item = this.#puller.pull()
    } catch (error) {
      this.#pulled()
      this.gate.remove(this)
      this.#subscriber.error(error)
      return false
    }
    this.#pulled()
    if (item === PENDING || this.#ended) return false
    if (item !== DONE) {
      this.#subscriber.next(item)
      return true
    }
    this.gate.remove(this)
    this.#subscriber.complete()
    return false
  }

  end(): void {
    this.gate.remove(this)
    this.#ended = true
    // What is being asked for an item cannot be closed at the same time.
    if (!this.#pulling) this.#close()
  }

  #pulled(): void {
    this.#pulling = false
    if (this.#ended) this.#close()
  }

  #close(): void {
    runIn(undefined, () => this.#puller.close?.())
  }
}
