/** Who is mixed with whom in a batch, and in which order, so that partners are read as they were. */
import type { Rng } from '../random/rng.js'
import { Scratch } from './scratch.js'

/** How partners are found: a random permutation, the batch in reverse, or each image's predecessor. */
export type PartnerPolicy = 'permutation' | 'reverse' | 'roll'

/** Stands for the partner whose row was kept, because it is changed already. */
export const KEPT = -1

/** The partner of each row: a permutation of the batch, in which a row may be its own partner. */
export function drawPartners(rng: Rng, policy: PartnerPolicy, n: number): readonly number[] {
  if (policy === 'permutation') return Array.from(rng.permutation(n))
  return Array.from({ length: n }, (_, i) => (policy === 'reverse' ? n - 1 - i : (i + n - 1) % n))
}

const scratch = new Scratch()

/**
 * Changes each row that has another one for its partner, while the partner is still as it was.
 *
 * @param size values of a row
 * @param change given a row, and where its partner's values begin
 * @param alone whether rows that are their own partners are changed too
 * @param spare room for a row
 */
export function changeRows<T extends Uint8Array | Float32Array>(
  values: T,
  size: number,
  partners: readonly number[],
  change: (row: number, from: T, at: number) => void,
  { alone = false, spare }: { readonly alone?: boolean; readonly spare?: Uint8Array | undefined } = {}
): void {
  const kept = values instanceof Uint8Array && spare !== undefined ? (spare as T) : scratch.like(values, size)
  visitPairs(
    partners,
    row => kept.set(values.subarray(row * size, (row + 1) * size)),
    (row, partner) => (partner === KEPT ? change(row, kept, 0) : change(row, values, partner * size)),
    alone
  )
}

let visited = new Uint8Array(0)

/**
 * Visits each row that has another one for its partner, one cycle of the permutation after the other. A row is visited
 * after the row that it is the partner of, so it may be changed; only the first of a cycle has to be kept.
 *
 * @param keep asked to copy a row before it is changed, and told whose partner it is
 * @param visit given a row and its partner, or `KEPT` where that is the row copied last
 * @param alone whether rows that are their own partners are visited too
 */
export function visitPairs(
  partners: readonly number[],
  keep: (row: number, reader: number) => void,
  visit: (row: number, partner: number) => void,
  alone = false
): void {
  const n = partners.length
  if (visited.length < n) visited = new Uint8Array(n)
  visited.fill(0, 0, n)
  for (let start = 0; start < n; start++) {
    if (visited[start] === 1 || (partners[start] === start && !alone)) continue
    let reader = start
    while (partners[reader] !== start) reader = partners[reader]!
    keep(start, reader)
    for (let row = start; visited[row] === 0; row = partners[row]!) {
      visited[row] = 1
      visit(row, partners[row] === start ? KEPT : partners[row]!)
    }
  }
}
