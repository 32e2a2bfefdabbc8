/** Which sample stands where: position in an epoch → place in the subset → index in the data set, in O(1) memory. */
import { permutation } from '../random/permutation.js'
import { rngKey } from '../random/rng.js'

/** The orders of a data set under given settings. */
export interface Order {
  /** Samples in the subset. */
  readonly size: number
  /** The index in the data set of a place in the subset. */
  index(place: number): number
  /** The order of an epoch: from a position to a place in the subset. */
  epoch(epoch: number): (position: number) => number
}

/**
 * The subset depends on the data alone (`fingerprint`, `size`), so that parts stay disjoint across runs and seeds; the
 * shuffle depends on seed, data and epoch.
 */
export function makeOrder(facts: {
  readonly fingerprint: string
  readonly size: number
  readonly subset: readonly [from: number, to: number]
  readonly seed: number
  readonly shuffle: boolean
}): Order {
  const { fingerprint, size, seed, shuffle } = facts
  const [from, to] = facts.subset
  const first = Math.floor(from * size)
  const count = Math.floor(to * size) - first
  const whole = from === 0 && to === 1
  const split = whole ? unchanged : permutation(size, rngKey(0, fingerprint, 'subset', 0))
  let shuffled = { epoch: -1, order: unchanged }
  return {
    size: count,
    index: whole ? unchanged : place => split(first + place),
    epoch(epoch) {
      if (!shuffle) return unchanged
      if (shuffled.epoch !== epoch) {
        shuffled = { epoch, order: permutation(count, rngKey(seed, fingerprint, 'shuffle', epoch)) }
      }
      return shuffled.order
    }
  }
}

function unchanged(index: number): number {
  return index
}
