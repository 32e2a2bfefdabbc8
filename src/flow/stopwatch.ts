/** Adds up the time in which something holds; reads the clock only from the first question on. */
import { now } from './platform.js'

export class Stopwatch {
  #holds: boolean
  #ms = 0
  #since: number | undefined

  constructor(holds: boolean) {
    this.#holds = holds
  }

  set(holds: boolean): void {
    if (this.#since !== undefined) this.#count(now())
    this.#holds = holds
  }

  /** Milliseconds since the first call in which it held. */
  ms(): number {
    this.#count(now())
    return this.#ms
  }

  #count(time: number): void {
    if (this.#holds && this.#since !== undefined) this.#ms += time - this.#since
    this.#since = time
  }
}
