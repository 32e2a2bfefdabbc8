/** Many coins at once: a byte of randomness each, instead of a float64. */
import type { Rng } from './rng.js'

/**
 * Writes 1 with probability `p`, else 0, into every byte of `out`.
 *
 * Eight random bits decide nearly always. Where they equal the first eight of `p`, a fresh number decides by the rest
 * of `p`, so that the probability is exact.
 *
 * @param p 0 gives no 1, and 1 gives nothing else
 */
export function coins(rng: Rng, p: number, out: Uint8Array): void {
  const first = Math.floor(p * 256)
  const rest = p * 256 - first
  let word = 0
  for (let i = 0; i < out.length; i++) {
    word = (i & 3) === 0 ? rng.uint32() : word >>> 8
    const byte = word & 255
    // The sign of the difference, because no processor could predict a branch.
    out[i] = (byte - first) >>> 31
    if (byte === first && rng.float() < rest) out[i] = 1
  }
}
