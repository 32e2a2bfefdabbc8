/** What all sources share whose samples can be reached by their index: order, epochs, shards, subset, resume. */

import { LoaderError, SourceError } from '../errors.js'
import type { FlowContext } from '../flow/context.js'
import { DONE, fromPull, type Puller } from '../flow/pull.js'
import { keepHandle, type SourceHandle, type SourcePart } from '../handle.js'
import type { Sample, SourceInfo } from '../sample.js'
import { groupByClass } from './groupByClass.js'
import { makeOrder, type Order, type PlaceRange } from './order.js'
import { failing, inOrder, whenOpen } from './pullers.js'
import { refuseOtherData, refuseOtherOrder } from './resume.js'
import type { SampleSource, Settings } from './source.js'
import { walkOf } from './walk.js'

/** A data set that is open: its facts, and its samples by index. */
export interface IndexedData
  extends Pick<SourceInfo, 'name' | 'fingerprint' | 'classes' | 'classNames'>,
    Partial<Pick<SourceInfo, 'shape' | 'mean' | 'std'>> {
  /** Samples in the whole data set. */
  readonly size: number
  sample(index: number, epoch: number, position: number, info: SourceInfo): Sample | Promise<Sample>
  /** The class of a sample, where it is known without reading it. */
  readonly classOf?: ((index: number) => number) | undefined
  /** How many samples may be asked for at a time; left out where `sample` gives no promises. */
  readonly concurrency?: number | undefined
  /** An order of its own, in place of what the settings say. */
  readonly orderBy?: ((seed: number) => Order) | undefined
}

/** What a source is made of, for sources that are made of sources. */
export interface Ingredients {
  readonly caller: string
  readonly settings: Settings
  /** Opens the data; they are opened once. */
  readonly open: () => IndexedData | Promise<IndexedData>
}

const ingredients = new WeakMap<object, Ingredients>()

/** What a source is made of; undefined where it is none, or a stream. */
export function ingredientsOf(source: object): Ingredients | undefined {
  return ingredients.get(source)
}

/** Makes a source of data that `open` gives, now or later; opened once, and again only where that failed. */
export function indexedSource(
  caller: string,
  settings: Settings,
  open: () => IndexedData | Promise<IndexedData>
): SampleSource {
  const opened = once(open)
  const prepared = once((): Ready | Promise<Ready> => {
    const data = opened()
    return data instanceof Promise
      ? data.then(data => prepare(caller, settings, data))
      : prepare(caller, settings, data)
  })
  const samples = fromPull<Sample>((wake, { window }) => {
    try {
      refuseWorker(caller)
      return whenOpen(prepared(), wake, ready => walk(caller, ready, settings, wake, window))
    } catch (error) {
      return failing(error)
    }
  })
  const source = Object.assign(samples, { info: async () => (await prepared()).info })
  ingredients.set(source, { caller, settings, open: opened })
  return source
}

/** Keeps what a function gives, or what it promised, unless it failed. */
function once<T extends object>(make: () => T | Promise<T>): () => T | Promise<T> {
  let made: T | Promise<T> | undefined
  return () => {
    if (made !== undefined) return made
    made = make()
    if (made instanceof Promise) {
      made.then(
        value => {
          made = value
        },
        () => {
          made = undefined
        }
      )
    }
    return made
  }
}

/** Refuses to run where the data set would be read once for each worker thread. */
export function refuseWorker(caller: string): void {
  if ((globalThis as Record<symbol, unknown>)[Symbol.for('millrace.worker')] !== true) return
  throw new LoaderError(
    'IN_WORKER',
    `${caller}: a source was subscribed to in a worker thread, because a module with defineTransform runs the pipeline too; move the transform to a module of its own.`
  )
}

interface Ready {
  readonly data: IndexedData
  readonly order: Order
  readonly info: SourceInfo
}

/** The order of data under the settings of their source, with this seed. */
export function orderOf(caller: string, settings: Settings, data: IndexedData, seed: number): Order {
  if (data.orderBy !== undefined) return data.orderBy(seed)
  const { subset, shuffle, sampler } = settings
  const { fingerprint, size, classes, classOf } = data
  const order = makeOrder({ caller, fingerprint, size, classes, classOf, subset, seed, shuffle, sampler })
  if (order.places > 0) return order
  throw new SourceError(`${caller}: the subset [${subset}] of ${data.size} samples is empty; widen it.`)
}

function prepare(caller: string, settings: Settings, data: IndexedData): Ready {
  const { seed, shuffle, epochs, shard, subset, resume } = settings
  if (resume !== undefined) refuseOtherData(caller, resume, data.fingerprint)
  const order = orderOf(caller, settings, data, seed)
  if (resume !== undefined) refuseOtherOrder(caller, resume, order.print)
  if (order.size < shard.count) {
    throw new SourceError(`${caller}: ${order.size} samples are too few for ${shard.count} shards; use fewer.`)
  }
  const { name, fingerprint, classes, classNames, shape, mean, std } = data
  const size = order.size
  const info = Object.freeze({ name, fingerprint, seed, size, classes, classNames, shape, mean, std, shard })
  keepHandle({
    info,
    size: order.places,
    options: { shuffle, epochs, subset, shards: shard.count, order: order.print },
    resume,
    sampleAt: (place, epoch, position) => data.sample(order.index(place), epoch, position, info),
    placeAt: (epoch, position) => order.epoch(epoch)(position),
    placesByClass: groupPlaces(caller, data, order, { first: 0, size: order.places }),
    partAt: partsOf(caller, data, order)
  })
  return { data, order, info }
}

/** Goes through the epochs, from the cursor where there is one. */
function walk(
  caller: string,
  { data, order, info }: Ready,
  settings: Settings,
  wake: () => void,
  window: FlowContext['window']
): Puller<Sample> {
  const { epochs } = settings
  const { first, offset, step, ...start } = walkOf(caller, settings, window)
  let { epoch } = start
  let position = first
  let place = order.epoch(epoch)
  const next = (): Sample | Promise<Sample> | typeof DONE => {
    if (position >= order.size) {
      epoch++
      position = offset
      if (epoch < epochs) place = order.epoch(epoch)
    }
    if (epoch >= epochs) return DONE
    const sample = data.sample(order.index(place(position)), epoch, position, info)
    position += step
    return sample
  }
  if (data.concurrency !== undefined) return inOrder(next, data.concurrency, wake)
  return { pull: next as () => Sample | typeof DONE }
}

/** The places of each class, found at the first call. */
function groupPlaces(
  caller: string,
  { classOf, classes }: IndexedData,
  order: Order,
  { first, size }: PlaceRange
): SourceHandle['placesByClass'] {
  if (classOf === undefined || classes === undefined) return undefined
  let groups: readonly Uint32Array[] | undefined
  return () => {
    groups ??= groupByClass(caller, size, place => classOf(order.index(first + place)), classes)
    return groups
  }
}

/** The data sets of a mixture, each with the places of its classes. */
function partsOf(caller: string, data: IndexedData, order: Order): SourceHandle['partAt'] {
  const { part } = order
  if (part === undefined) return undefined
  const parts = new Map<number, SourcePart>()
  return place => {
    const range = part(place)
    let known = parts.get(range.first)
    if (known === undefined) {
      known = { ...range, placesByClass: groupPlaces(caller, data, order, range) }
      parts.set(range.first, known)
    }
    return known
  }
}
