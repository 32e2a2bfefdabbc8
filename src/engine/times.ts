/** What a thread spends its time on, told at a cost that nobody notices. */
import { now } from './platform.js'
import type { WorkTimes } from './task.js'

/** Of images that are pixels already, which take microseconds each, only one in so many is timed, and counts for all. */
const ONE_IN = 16

/** Milliseconds by the names of what they were spent on. */
export class Times {
  #sums: Record<string, number> = {}
  #since = 0
  /** What a lap counts for; 0 between those that are timed. */
  #weight = 0

  /** Begins to time something that is always timed. */
  begin(weight = 1): void {
    this.#weight = weight
    if (weight > 0) this.#since = now()
  }

  /** The same for the `i`-th of `count` rows. */
  beginRow(i: number, count: number, encoded: boolean): void {
    this.begin(encoded ? 1 : i % ONE_IN === 0 ? Math.min(ONE_IN, count - i) : 0)
  }

  /** The time since the last lap was spent on this. */
  lap(name: string): void {
    if (this.#weight === 0) return
    const time = now()
    this.#sums[name] = (this.#sums[name] ?? 0) + (time - this.#since) * this.#weight
    this.#since = time
  }

  /** All times since they were taken last. */
  take(): WorkTimes {
    const sums = this.#sums
    this.#sums = {}
    return sums
  }
}
