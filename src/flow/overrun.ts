/** Tells, once a subscription, that something upstream does not wait. */
import { warn } from './platform.js'

/** A legitimate pipeline may flush so many items after the gate has closed: last buffers, one item of each source. */
function most(depth: number): number {
  return 3 * depth + 16
}

export class OverrunWatch {
  readonly #name: string
  readonly #depth: number
  #warned = false

  constructor(name: string, depth: number) {
    this.#name = name
    this.#depth = depth
  }

  /** @param held items that the stage holds, the one that has just come included */
  check(held: number): void {
    if (this.#warned || held <= most(this.#depth)) return
    this.#warned = true
    warn(
      `${this.#name} was to hold ${this.#depth} items, but has been sent ${held}: what is before it does not wait. ` +
        'Nothing is lost, but they all stay in memory. Begin with a source of Millrace (iterable() takes any iterable ' +
        'in place of from(), range() or a Subject), and use mapConcurrent() in place of asynchronous mergeMap(), ' +
        'concatMap(), delay() or observeOn().',
      'MILLRACE_OVERRUN'
    )
  }
}
