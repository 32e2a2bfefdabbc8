/** Random numbers that are a pure function of a key and a place: no state is shared, and no order matters. */
import { beta, gamma, normalPair } from './distributions.js'
import { childKey, type RngKey } from './key.js'
import { threefry4x32 } from './threefry.js'

export { type RngKey, rngKey } from './key.js'

const NO_KEY: RngKey = Object.freeze([0, 0, 0, 0] as const)

/**
 * A generator that is put at the beginning of a stream by `reset`, and used again for the next one: nothing is
 * allocated by a draw.
 *
 * The stream's place is the counter of Threefry4x32-20: number of the block, position (53 bits) and role (11 bits),
 * epoch (32 bits). The same place gives the same numbers in every thread, process and machine.
 */
export class Rng {
  readonly #words = new Uint32Array(4)
  readonly #normals = new Float64Array(2)
  #key: RngKey = NO_KEY
  #block = 0
  #low = 0
  #high = 0
  #epoch = 0
  /** Words of the current block that were given out. */
  #used = 4
  #spare = false
  /** Generators of parts, with the key that each was derived from. */
  readonly #children = new Map<string, { readonly rng: Rng; of: RngKey; key: RngKey }>()

  /**
   * Goes to the beginning of a stream.
   *
   * @param key which stream it is, as `rngKey` makes it
   * @param epoch a whole number below 2^32
   * @param position place in the epoch, a whole number below 2^53
   * @param role 0 for the sample itself, n for its n-th partner; below 2048
   * @internal Who is handed a generator finds it at its place.
   */
  reset(key: RngKey, epoch: number, position: number, role = 0): this {
    return this.#begin(key, position | 0, (Math.floor(position / 2 ** 32) << 11) | role | 0, epoch | 0)
  }

  /**
   * A generator for a part of what this one is for, such as one of several steps: at the same place, in a stream of its
   * own. It has nothing to do with how many numbers this one has given out.
   *
   * @param name what the part is
   * @param occurrence how often the same name was used before
   */
  child(name: string, occurrence = 0): Rng {
    const id = `${occurrence} ${name}`
    let child = this.#children.get(id)
    if (child === undefined) {
      child = { rng: new Rng(), of: NO_KEY, key: NO_KEY }
      this.#children.set(id, child)
    }
    if (child.of !== this.#key) {
      child.of = this.#key
      child.key = childKey(this.#key, name, occurrence)
    }
    return child.rng.#begin(child.key, this.#low, this.#high, this.#epoch)
  }

  /** A whole number in [0, 2^32), all equally likely. */
  uint32(): number {
    if (this.#used === 4) this.#refill()
    return this.#words[this.#used++]!
  }

  /** A number in [0, 1), a multiple of 2^-53, all equally likely. */
  float(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 2 ** 26 + low) * 2 ** -53
  }

  /**
   * A whole number in [0, n), all exactly equally likely.
   *
   * @param n a whole number from 1 to 2^53
   * @throws RangeError for any other `n`
   */
  int(n: number): number {
    if (!(n >= 1 && n <= 2 ** 53) || n !== Math.floor(n))
      throw new RangeError(`no whole number below ${n} can be drawn`)
    const range = n <= 2 ** 32 ? 2 ** 32 : 2 ** 53
    const fair = range - (range % n)
    for (;;) {
      let x = this.uint32()
      if (range === 2 ** 53) x += (this.uint32() >>> 11) * 2 ** 32
      if (x < fair) return x % n
    }
  }

  /** A number between `low` and `high`, uniformly. */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.float()
  }

  /** True with probability `p`: never for 0, always for 1. */
  bool(p: number): boolean {
    return this.float() < p
  }

  /** A draw from the standard normal distribution. */
  normal(): number {
    this.#spare = !this.#spare
    if (!this.#spare) return this.#normals[1]!
    normalPair(this, this.#normals)
    return this.#normals[0]!
  }

  /** A draw from Gamma(shape, 1), for any `shape` above 0; 0 where the value is too small for a float64. */
  gamma(shape: number): number {
    return gamma(this, shape)
  }

  /** A draw from Beta(a, b), for any `a` and `b` above 0; never NaN. */
  beta(a: number, b: number): number {
    return beta(this, a, b)
  }

  /** The numbers from 0 to n − 1 in random order, all orders equally likely (Fisher–Yates). */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n)
    for (let i = 0; i < n; i++) {
      const j = this.int(i + 1)
      order[i] = order[j]!
      order[j] = i
    }
    return order
  }

  #begin(key: RngKey, low: number, high: number, epoch: number): this {
    this.#key = key
    this.#block = 0
    this.#low = low
    this.#high = high
    this.#epoch = epoch
    this.#used = 4
    this.#spare = false
    return this
  }

  #refill(): void {
    const key = this.#key
    threefry4x32(this.#words, this.#block, this.#low, this.#high, this.#epoch, key[0], key[1], key[2], key[3])
    this.#block++
    this.#used = 0
  }
}
