/** Meters: what stages tell of themselves, where somebody listens. */

/** Read now and then; nothing is computed in between. */
export interface Meter {
  readonly name: string
  /** How many items the stage holds at most. */
  readonly depth: number
  /** Items that it holds now. */
  held(): number
  /** Results so far. */
  items(): number
  /** Milliseconds up to `time`, which is now, in which it could have taken more items than came. */
  hungryMs(time: number): number
  /** Those in which it was full, and its next result was in work. */
  busyMs(time: number): number
  /** Those in which it was full, and its next result was there, but not taken. */
  stalledMs(time: number): number
  /** Milliseconds, or other sums that only grow, that the stage keeps of its own parts. */
  details(): Readonly<Record<string, number>>
  /** What it works with, by name and version, once that is known. */
  uses(): string | undefined
}

/** The meters of all stages before one place of a pipeline; the nearest subscribed first. */
export class MeterList {
  readonly #outer: MeterList | undefined
  readonly #meters = new Set<Meter>()
  readonly #over = new Set<Meter>()

  /** @param outer the list of a place further down, which sees these stages as well */
  constructor(outer: MeterList | undefined) {
    this.#outer = outer
  }

  add(meter: Meter): void {
    for (const past of this.#over) if (past.name === meter.name) this.#forget(past)
    this.#meters.add(meter)
    this.#outer?.add(meter)
  }

  /** A stage that is over can be read until another of its name begins. */
  retire(meter: Meter): void {
    this.#over.add(meter)
    this.#outer?.retire(meter)
  }

  [Symbol.iterator](): Iterator<Meter> {
    return this.#meters[Symbol.iterator]()
  }

  #forget(meter: Meter): void {
    this.#over.delete(meter)
    this.#meters.delete(meter)
  }
}
