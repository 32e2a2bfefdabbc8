/** Deals the positions of an epoch to parts, in fixed shares. */
import { permutation } from '../random/permutation.js'
import { type RngKey, rngKey } from '../random/rng.js'

/**
 * Every block of positions has exactly `shares[i]` of part i, in an order that is drawn for each block: so every run of
 * batches keeps the shares, and so do the shards, which a pattern that repeats would tie to one part each.
 */
export class Dealer {
  /** Positions in a block. */
  readonly block: number
  /** The part that the position belongs to which was asked for last. */
  part = 0
  /** How many positions of that part stand before it in the epoch, if blocks are counted as if in the order of parts. */
  rank = 0
  readonly #shares: readonly number[]
  readonly #starts: readonly number[]
  readonly #parts: Uint32Array
  readonly #key: (epoch: number, block: number) => RngKey
  #order = { epoch: -1, block: -1, slot: (slot: number): number => slot }

  constructor(shares: readonly number[], { seed, source, name }: { seed: number; source: string; name: string }) {
    let start = 0
    this.#shares = shares
    this.#starts = shares.map(share => {
      start += share
      return start - share
    })
    this.block = start
    this.#parts = new Uint32Array(start)
    for (const [part, from] of this.#starts.entries()) this.#parts.fill(part, from, from + shares[part]!)
    this.#key = (epoch, block) => rngKey(seed, source, `${name} ${epoch}`, block)
  }

  /** Goes to a position: `part` and `rank` then tell of it. */
  at(epoch: number, position: number): this {
    const block = Math.floor(position / this.block)
    if (this.#order.epoch !== epoch || this.#order.block !== block) {
      this.#order = { epoch, block, slot: permutation(this.block, this.#key(epoch, block)) }
    }
    const slot = this.#order.slot(position - block * this.block)
    this.part = this.#parts[slot]!
    this.rank = block * this.#shares[this.part]! + slot - this.#starts[this.part]!
    return this
  }
}
