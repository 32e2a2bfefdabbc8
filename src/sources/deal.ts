/** Deals the positions of an epoch to parts, in fixed shares. */
import { SourceError } from '../errors.js'
import { permutation } from '../random/permutation.js'
import { rngKey } from '../random/rng.js'

/**
 * Every block of positions has exactly `shares[i]` of part i, in an order that is drawn for each block: so every run of
 * batches keeps the shares, and so does every shard, which a pattern that repeats would tie to a part.
 */
export class Dealer {
  /** Positions in a block. */
  readonly block: number
  /** The part that the position belongs to which was asked for last. */
  part = 0
  /** How many positions of that part stand before it in the epoch. */
  rank = 0
  readonly #shares: readonly number[]
  readonly #stream: { readonly seed: number; readonly source: string; readonly name: string }
  /** The parts of a block, before it is shuffled. */
  readonly #parts: Uint32Array
  /** The block that was dealt last: the part of each position, and its rank within the block. */
  readonly #dealt: { epoch: number; block: number; readonly parts: Uint32Array; readonly ranks: Uint32Array }

  constructor(shares: readonly number[], stream: { seed: number; source: string; name: string }) {
    this.#shares = shares
    this.#stream = stream
    this.block = shares.reduce((sum, share) => sum + share, 0)
    this.#parts = Uint32Array.from(shares.flatMap((share, part) => new Array<number>(share).fill(part)))
    this.#dealt = { epoch: -1, block: -1, parts: new Uint32Array(this.block), ranks: new Uint32Array(this.block) }
  }

  /** Goes to a position: `part` and `rank` then tell of it. */
  at(epoch: number, position: number): this {
    const block = Math.floor(position / this.block)
    const dealt = this.#dealt
    if (dealt.epoch !== epoch || dealt.block !== block) this.#deal(epoch, block)
    const at = position - block * this.block
    this.part = dealt.parts[at]!
    this.rank = block * this.#shares[this.part]! + dealt.ranks[at]!
    return this
  }

  #deal(epoch: number, block: number): void {
    const { seed, source, name } = this.#stream
    const { parts, ranks } = Object.assign(this.#dealt, { epoch, block })
    const order = permutation(this.block, rngKey(seed, source, `${name} ${epoch}`, block))
    const dealt = new Uint32Array(this.#shares.length)
    for (let at = 0; at < this.block; at++) {
      const part = this.#parts[order(at)]!
      parts[at] = part
      ranks[at] = dealt[part]!++
    }
  }
}

/** How many samples of a part were shown before an epoch; refuses an epoch that is too far away to count to. */
export function shownBefore(caller: string, epoch: number, each: number): number {
  if ((epoch + 1) * each <= Number.MAX_SAFE_INTEGER) return epoch * each
  throw new SourceError(`${caller}: epoch ${epoch} is too far away; if it comes from a cursor, that is damaged.`)
}
