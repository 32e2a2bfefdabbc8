/** Shuffling without a list: a keyed permutation of [0, n) that is computed one index at a time. */
import { Rng, type RngKey } from './rng.js'

/** Up to this many indices are shuffled exactly, in a table. */
const TABLE = 1024

const ROUNDS = 8

/**
 * A pseudorandom permutation of the whole numbers below `n`, in memory that does not grow with `n`.
 *
 * Small `n` is shuffled exactly (Fisher–Yates). Larger `n` goes through a Feistel network over ⌈√n⌉ × ⌈n / ⌈√n⌉⌉, and
 * the few results beyond `n` go through it again until they are below.
 * Black, Rogaway 2002, "Ciphers with arbitrary finite domains".
 *
 * @param n a whole number up to 2^52
 * @param key another key gives an unrelated permutation
 * @returns a function from each index to another, one to one
 */
export function permutation(n: number, key: RngKey): (index: number) => number {
  const rng = new Rng().reset(key, 0, 0)
  if (n <= TABLE) {
    const table = rng.permutation(n)
    return index => table[index]!
  }
  const rows = Math.ceil(Math.sqrt(n))
  const columns = Math.ceil(n / rows)
  const keys = Int32Array.from({ length: 2 * ROUNDS }, () => rng.uint32())
  return index => {
    do {
      index = feistel(index, rows, columns, keys)
    } while (index >= n)
    return index
  }
}

/**
 * Permutes [0, rows × columns): each half in turn is moved by a keyed function of the other.
 *
 * Both halves stay below 2^27, so they are int32. The sum is brought back into range without a branch, because no
 * processor could predict it.
 */
function feistel(index: number, rows: number, columns: number, keys: Int32Array): number {
  let row = (index / columns) | 0
  let column = (index - row * columns) | 0
  for (let i = 0; i < 2 * ROUNDS; i += 4) {
    row += below(rows, mix(column, keys[i]!, keys[i + 1]!)) - rows
    row += rows & (row >> 31)
    column += below(columns, mix(row, keys[i + 2]!, keys[i + 3]!)) - columns
    column += columns & (column >> 31)
  }
  return row * columns + column
}

/** Spreads 32 random bits over [0, n). */
function below(n: number, bits: number): number {
  return (bits * (n * 2 ** -32)) | 0
}

/** 32 bits, the upper ones the best, that look random as a function of `x` under a key of two words. */
function mix(x: number, k0: number, k1: number): number {
  const once = Math.imul(x ^ k0, 0x9e3779b1)
  return Math.imul((once ^ (once >>> 15)) + k1, 0x85ebca6b) >>> 0
}
