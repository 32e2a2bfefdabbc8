/** Who is mixed with whom in a batch, and in which order, so that partners are read as they were. */
import type { Rng } from '../random/rng.js'

/** How partners are found: a random permutation, the batch in reverse, or each image's predecessor. */
export type PartnerPolicy = 'permutation' | 'reverse' | 'roll'

/** Stands for the partner whose row was kept, because it is changed already. */
export const KEPT = -1

/** The partner of each row: a permutation of the batch, in which a row may be its own partner. */
export function drawPartners(rng: Rng, policy: PartnerPolicy, n: number): readonly number[] {
  if (policy === 'permutation') return Array.from(rng.permutation(n))
  return Array.from({ length: n }, (_, i) => (policy === 'reverse' ? n - 1 - i : (i + n - 1) % n))
}

let visited = new Uint8Array(0)

/**
 * Visits each row that has another one for its partner, one cycle of the permutation after the other. A row is visited
 * after the row that it is the partner of, so it may be changed; only the first of a cycle has to be kept.
 *
 * @param keep asked to copy a row before it is changed
 * @param visit given a row and its partner, or `KEPT` where that is the row copied last
 */
export function visitPairs(
  partners: readonly number[],
  keep: (row: number) => void,
  visit: (row: number, partner: number) => void
): void {
  const n = partners.length
  if (visited.length < n) visited = new Uint8Array(n)
  visited.fill(0, 0, n)
  for (let start = 0; start < n; start++) {
    if (visited[start] === 1 || partners[start] === start) continue
    keep(start)
    for (let row = start; visited[row] === 0; row = partners[row]!) {
      visited[row] = 1
      visit(row, partners[row] === start ? KEPT : partners[row]!)
    }
  }
}

/** Scratch memory of this thread for one row of each kind, grown to the largest seen. */
let bytes = new Uint8Array(0)
let floats = new Float32Array(0)
let labels = new Float32Array(0)

/** Memory for the kept values of a row of images, of the same type as these. */
export function keptImage(like: Uint8Array | Float32Array, length: number): Uint8Array | Float32Array {
  if (like instanceof Float32Array) {
    if (floats.length < length) floats = new Float32Array(length)
    return floats
  }
  if (bytes.length < length) bytes = new Uint8Array(length)
  return bytes
}

/** Memory for a kept label. */
export function keptLabel(length: number): Float32Array {
  if (labels.length < length) labels = new Float32Array(length)
  return labels
}
