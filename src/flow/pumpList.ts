/**
 * The pumps of a gate in the order of RxJS over synchronous sources.
 *
 * A pump that begins while another one notifies is that one's child and stands before it: what is within is over before
 * what is around goes on.
 */
import type { Pump } from './pump.js'

export class PumpList {
  readonly #pumps: Pump[] = []
  /** Whether a pump goes on while a child of it waits. */
  readonly #free: boolean
  #search = 0

  constructor(free: boolean) {
    this.#free = free
  }

  add(pump: Pump, notifying: Pump | undefined): void {
    if (notifying === undefined) {
      this.#pumps.push(pump)
      return
    }
    this.#pumps.splice(this.#pumps.indexOf(notifying), 0, pump)
    pump.parent = living(notifying)
  }

  remove(pump: Pump): void {
    const index = this.#pumps.indexOf(pump)
    if (index >= 0) this.#pumps.splice(index, 1)
  }

  /** The first that is ready, and whose children are not to be waited for. */
  next(): Pump | undefined {
    const search = ++this.#search
    for (const pump of this.#pumps) {
      if (!pump.alive) continue
      if (pump.ready && pump.blockedIn !== search) return pump
      if (this.#free) continue
      for (let parent = living(pump.parent); parent !== undefined; parent = living(parent.parent)) {
        parent.blockedIn = search
      }
    }
    return undefined
  }
}

/** The nearest of a pump and its ancestors that is not over. */
function living(pump: Pump | undefined): Pump | undefined {
  while (pump !== undefined && !pump.alive) pump = pump.parent
  return pump
}
