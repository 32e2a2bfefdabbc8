/** Sends a stream through an operator, or past it, as its first item demands; backpressure holds either way. */
import { Observable, type OperatorFunction, Subscriber } from 'rxjs'
import { runIn } from './context.js'
import { Gate } from './gate.js'
import { now } from './platform.js'
import { type Gated, gatedContext, Pump } from './pump.js'

/**
 * Subscribes to `source` at once, and to `operator` between it and the subscriber if `applies` to the first item.
 * Items that would go the other way are refused with the error `mixed`.
 *
 * The source runs under a gate of its own, because nobody knows yet whether that of the subscriber or that of the
 * operator is to hold it. It then follows that one.
 */
export function route<I, O>(
  source: Observable<I | O>,
  applies: (item: I | O) => boolean,
  operator: OperatorFunction<I, O>,
  mixed: () => Error
): Observable<O> {
  return new Observable<O>(subscriber => {
    const context = gatedContext()
    // It is closed only after an item, but who waits for one is behind it.
    const input: Gate = new Gate({ wantTime: { ms: time => wantedMs + destination.gate.wantMs(time) } })
    let destination = new Follower<I | O>(context, input, subscriber as Subscriber<I | O>)
    /** Of the destination before. */
    let wantedMs = 0
    let through: boolean | undefined

    /** From now on the operator's gate holds the source. */
    function insert(): void {
      const items = new Observable<I>(inner => {
        inner.add(router)
        const time = now()
        wantedMs = destination.gate.wantMs(time)
        destination.end()
        destination = new Follower(gatedContext(), input, inner as Subscriber<I | O>)
        destination.gate.wantMs(time) // is counted from now on
      })
      runIn(context, () => operator(items).subscribe(subscriber))
    }

    const router: Subscriber<I | O> = new Subscriber<I | O>({
      next(item) {
        const applying = applies(item)
        if (through === undefined && applying) insert()
        through ??= applying
        if (through === applying) destination.next(item)
        else subscriber.error(mixed())
      },
      error: (error: unknown) => destination.subscriber.error(error),
      complete: () => destination.subscriber.complete()
    })
    subscriber.add(router)
    subscriber.add(() => destination.end())
    runIn({ ...context, gate: input }, () => source.subscribe(router))
  })
}

/** Keeps the input's gate as the subscriber's gate is: closes it after the item that closed the other one. */
class Follower<T> extends Pump {
  readonly subscriber: Subscriber<T>
  readonly #input: Gate

  constructor(context: Gated, input: Gate, subscriber: Subscriber<T>) {
    super(context, false)
    this.subscriber = subscriber
    this.#input = input
    this.gate.add(this)
    this.#follow()
  }

  next(item: T): void {
    this.subscriber.next(item)
    this.#follow()
  }

  /** Called when the subscriber's gate is open again. */
  step(): boolean {
    this.#input.open()
    return false
  }

  end(): void {
    this.gate.remove(this)
  }

  #follow(): void {
    if (!this.alive || this.gate.isOpen) return
    this.#input.close()
    this.gate.wake(this)
  }
}
