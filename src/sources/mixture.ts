/** The data and the order of several data sets that are mixed. */
import { SourceError } from '../errors.js'
import { Rng, rngKey } from '../random/rng.js'
import type { Sample, SourceInfo, Step } from '../sample.js'
import { Dealer, shownBefore } from './deal.js'
import { fingerprint } from './fingerprint.js'
import { type IndexedData, type Ingredients, orderOf } from './indexedSource.js'
import { classesOf, statisticsOf } from './mixedFacts.js'
import type { Order } from './order.js'

/** A data set that is to be mixed, open. */
export interface Ingredient extends Pick<Ingredients, 'caller' | 'settings'> {
  readonly data: IndexedData
  /** What is done with its samples alone. */
  readonly step: Step | undefined
}

/** One data set of several, its samples one list after the other. */
export function mixtureOf(
  ingredients: readonly Ingredient[],
  shares: readonly number[],
  stop: 'first' | 'all'
): IndexedData {
  const list = ingredients.map(({ data }) => data)
  const offsets = startsOf(list.map(({ size }) => size))
  const make = ingredients.map(({ data, step }, i) => maker(data, offsets[i]!, step))
  const source = fingerprint(['mixDatasets', ...list.map(({ fingerprint }) => fingerprint)])
  const parallel = list.flatMap(({ concurrency }) => concurrency ?? [])
  const known = list.every(({ classOf }) => classOf !== undefined)
  const classOf = (index: number): number => {
    const part = partAt(offsets, index)
    return list[part]!.classOf!(index - offsets[part]!)
  }
  return {
    name: `mixDatasets(${list.map(({ name }) => name).join(', ')})`,
    fingerprint: source,
    size: list.reduce((sum, { size }) => sum + size, 0),
    ...classesOf(list),
    ...statisticsOf(list, shares),
    shape: list.every(({ shape }) => shape?.join() === list[0]!.shape?.join()) ? list[0]!.shape : undefined,
    classOf: known ? classOf : undefined,
    concurrency: parallel.length === 0 ? undefined : Math.max(...parallel),
    sample: (index, epoch, position, info) => make[partAt(offsets, index)]!(index, epoch, position, info),
    orderBy: seed => mixOrders(ingredients, shares, stop, { seed, source, offsets })
  }
}

/** Gives out the samples of a data set under their indices in the mixture, with its step. */
function maker(data: IndexedData, offset: number, step: Step | undefined): IndexedData['sample'] {
  const lists = new WeakMap<readonly Step[], readonly Step[]>()
  const extend = (steps: readonly Step[]): readonly Step[] => {
    if (step === undefined) return steps
    const extended = lists.get(steps) ?? Object.freeze([...steps, step])
    lists.set(steps, extended)
    return extended
  }
  const own = (sample: Sample, index: number): Sample => ({ ...sample, index, steps: extend(sample.steps) })
  return (index: number, epoch: number, position: number, info: SourceInfo) => {
    const sample = data.sample(index - offset, epoch, position, info)
    return sample instanceof Promise ? sample.then(made => own(made, index)) : own(sample, index)
  }
}

/** Deals the positions to the data sets; each goes on through its own order, epoch after epoch. */
function mixOrders(
  ingredients: readonly Ingredient[],
  shares: readonly number[],
  stop: 'first' | 'all',
  { seed, source, offsets }: { seed: number; source: string; offsets: readonly number[] }
): Order {
  // The same data set twice is not to be in the same order.
  const seeds = new Rng().reset(rngKey(seed, source, 'seeds', 0), 0, 0)
  const orders = ingredients.map(({ caller, settings, data }) =>
    orderOf(caller, settings, data, settings.ownSeed ?? seeds.uint32())
  )
  const firsts = startsOf(orders.map(({ places }) => places))
  const blocks = countBlocks(ingredients, orders, shares, stop)
  const dealer = new Dealer(shares, { seed, source, name: 'mixDatasets' })
  const own = ingredients.map(({ settings: { subset, shuffle, ownSeed }, step }, i) => [
    subset,
    shuffle,
    ownSeed ?? null,
    orders[i]!.print ?? null,
    step ? [step.name, step.options] : null
  ])
  return {
    places: orders.reduce((sum, { places }) => sum + places, 0),
    size: blocks * dealer.block,
    print: `mixDatasets ${fingerprint([shares, stop, own])}`,
    index(place) {
      const part = partAt(firsts, place)
      return offsets[part]! + orders[part]!.index(place - firsts[part]!)
    },
    epoch(epoch) {
      const before = shares.map(share => shownBefore('mixDatasets', epoch, blocks * share))
      return position => {
        const { part, rank } = dealer.at(epoch, position)
        const order = orders[part]!
        const shown = before[part]! + rank // of this data set, since the beginning
        const round = Math.floor(shown / order.size)
        return firsts[part]! + order.epoch(round)(shown - round * order.size)
      }
    },
    part(place) {
      const part = partAt(firsts, place)
      return { first: firsts[part]!, size: orders[part]!.places }
    }
  }
}

/** Blocks in an epoch. */
function countBlocks(
  ingredients: readonly Ingredient[],
  orders: readonly Order[],
  shares: readonly number[],
  stop: 'first' | 'all'
): number {
  if (stop === 'all') return Math.max(...orders.map(({ size }, i) => Math.ceil(size / shares[i]!)))
  const blocks = orders.map(({ size }, i) => Math.floor(size / shares[i]!))
  const small = blocks.indexOf(0)
  if (small < 0) return Math.min(...blocks)
  throw new SourceError(
    `mixDatasets: ${ingredients[small]!.data.name} has ${orders[small]!.size} samples, but a block of the mixture (${shares.join(':')}) takes ${shares[small]}. ` +
      "Use weights of a simpler ratio, or stop: 'all', which repeats samples."
  )
}

/** Where each of several lists begins, if they stand one after the other. */
function startsOf(sizes: readonly number[]): readonly number[] {
  let start = 0
  return sizes.map(size => {
    start += size
    return start - size
  })
}

/** The list that a place is in. */
function partAt(starts: readonly number[], place: number): number {
  let part = starts.length - 1
  while (starts[part]! > place) part--
  return part
}
