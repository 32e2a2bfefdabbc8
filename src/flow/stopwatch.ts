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

  /**
   * Milliseconds in which it held, since the first call.
   * @param time one reading of the clock for all that are compared, so that shares of the same time add up
   */
  ms(time: number): number {
    this.#count(time)
    return this.#ms
  }

  #count(time: number): void {
    if (this.#holds && this.#since !== undefined) this.#ms += time - this.#since
    this.#since = time
  }
}
