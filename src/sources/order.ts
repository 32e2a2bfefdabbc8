/** Which sample stands where: position in an epoch → place in the subset → index in the data set. */
import { permutation } from '../random/permutation.js'
import { rngKey } from '../random/rng.js'
import type { Sampler } from './sampler.js'

/** The orders of a data set under given settings. */
export interface Order {
  /** Samples in the subset. */
  readonly places: number
  /** Positions in an epoch. */
  readonly size: number
  /** What else than seed, shuffle and subset it depends on; undefined where that is nothing. */
  readonly print: string | undefined
  /** The index in the data set of a place in the subset. */
  index(place: number): number
  /** The order of an epoch: from a position to a place in the subset. */
  epoch(epoch: number): (position: number) => number
  /** The places of the data set that a place belongs to, where several are mixed. */
  readonly part?: ((place: number) => PlaceRange) | undefined
}

/** The places from `first` on. */
export interface PlaceRange {
  readonly first: number
  readonly size: number
}

/** What is ordered, and how. */
export interface OrderFacts {
  readonly caller: string
  readonly fingerprint: string
  /** Samples in the data set. */
  readonly size: number
  readonly classes: number | undefined
  /** The class of an index, where it is known. */
  readonly classOf?: ((index: number) => number) | undefined
  readonly subset: readonly [from: number, to: number]
  readonly seed: number
  readonly shuffle: boolean
  readonly sampler: Sampler | undefined
}

/**
 * The subset depends on the data alone (`fingerprint`, `size`), so that parts stay disjoint across runs and seeds; the
 * shuffle depends on seed, data and epoch. It needs no memory, unless a sampler does.
 */
export function makeOrder(facts: OrderFacts): Order {
  const { fingerprint, size, seed, shuffle, sampler } = facts
  const [from, to] = facts.subset
  const first = Math.floor(from * size)
  const places = Math.floor(to * size) - first
  const whole = from === 0 && to === 1
  const split = whole ? unchanged : permutation(size, rngKey(0, fingerprint, 'subset', 0))
  const index = whole ? unchanged : (place: number) => split(first + place)
  if (sampler !== undefined && places > 0) return { places, index, ...sampler.arrange({ ...facts, places, index }) }
  let shuffled = { epoch: -1, order: unchanged }
  return {
    places,
    size: places,
    print: undefined,
    index,
    epoch(epoch) {
      if (!shuffle) return unchanged
      if (shuffled.epoch !== epoch) {
        shuffled = { epoch, order: permutation(places, rngKey(seed, fingerprint, 'shuffle', epoch)) }
      }
      return shuffled.order
    }
  }
}

function unchanged(index: number): number {
  return index
}
