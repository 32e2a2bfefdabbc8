/** What all sources share whose samples can be reached by their index: order, epochs, shards, subset, resume. */

import { LoaderError, SourceError } from '../errors.js'
import { DONE, fromPull, type Puller } from '../flow/pull.js'
import { keepHandle, type SourceHandle } from '../handle.js'
import type { Sample, SourceInfo } from '../sample.js'
import { makeOrder, type Order } from './order.js'
import { failing, inOrder, whenOpen } from './pullers.js'
import { refuseOtherData } from './resume.js'
import type { SampleSource, Settings } from './source.js'

/** A data set that is open: its facts, and its samples by index. */
export interface IndexedData
  extends Pick<SourceInfo, 'name' | 'fingerprint' | 'classes' | 'classNames' | 'shape' | 'mean' | 'std'> {
  /** Samples in the whole data set. */
  readonly size: number
  sample(index: number, epoch: number, position: number, info: SourceInfo): Sample | Promise<Sample>
  /** The class of a sample, where it is known without reading it. */
  readonly classOf?: ((index: number) => number) | undefined
  /** How many samples may be asked for at a time; left out where `sample` gives no promises. */
  readonly concurrency?: number | undefined
}

/** Makes a source of data that `open` gives, now or later; opened once, and again only where that failed. */
export function indexedSource(
  caller: string,
  settings: Settings,
  open: () => IndexedData | Promise<IndexedData>
): SampleSource {
  let ready: Ready | Promise<Ready> | undefined
  const prepared = (): Ready | Promise<Ready> => {
    if (ready !== undefined) return ready
    const data = open()
    ready = data instanceof Promise ? data.then(use) : prepare(caller, settings, data)
    if (ready instanceof Promise) ready.catch(forget)
    return ready
  }
  const use = (data: IndexedData): Ready => {
    const opened = prepare(caller, settings, data)
    ready = opened
    return opened
  }
  const forget = (): void => {
    ready = undefined
  }
  const samples = fromPull<Sample>(wake => {
    try {
      refuseWorker(caller)
      return whenOpen(prepared(), wake, opened => walk(opened, settings, wake))
    } catch (error) {
      return failing(error)
    }
  })
  return Object.assign(samples, { info: async () => (await prepared()).info })
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

function prepare(caller: string, settings: Settings, data: IndexedData): Ready {
  const { seed, shuffle, epochs, shard, subset, resume } = settings
  if (resume !== undefined) refuseOtherData(caller, resume, data.fingerprint)
  const order = makeOrder({ fingerprint: data.fingerprint, size: data.size, subset, seed, shuffle })
  if (order.size === 0) {
    throw new SourceError(`${caller}: the subset [${subset}] of ${data.size} samples is empty; widen it.`)
  }
  if (order.size < shard.count) {
    throw new SourceError(`${caller}: ${order.size} samples are too few for ${shard.count} shards; use fewer.`)
  }
  const { name, fingerprint, classes, classNames, shape, mean, std } = data
  const size = order.size
  const info = Object.freeze({ name, fingerprint, seed, size, classes, classNames, shape, mean, std, shard })
  keepHandle({
    info,
    size,
    options: { shuffle, epochs, subset, shards: shard.count },
    resume,
    sampleAt: (place, epoch, position) => data.sample(order.index(place), epoch, position, info),
    placeAt: (epoch, position) => order.epoch(epoch)(position),
    placesByClass: groupPlaces(data, order)
  })
  return { data, order, info }
}

/** Goes through the epochs, from the cursor where there is one. */
function walk({ data, order, info }: Ready, settings: Settings, wake: () => void): Puller<Sample> {
  const { epochs, shard, resume } = settings
  let epoch = resume?.epoch ?? 0
  let position = (resume?.position ?? 0) + shard.index
  let place = order.epoch(epoch)
  const next = (): Sample | Promise<Sample> | typeof DONE => {
    if (position >= order.size) {
      epoch++
      position = shard.index
      if (epoch < epochs) place = order.epoch(epoch)
    }
    if (epoch >= epochs) return DONE
    const sample = data.sample(order.index(place(position)), epoch, position, info)
    position += shard.count
    return sample
  }
  if (data.concurrency !== undefined) return inOrder(next, data.concurrency, wake)
  return { pull: next as () => Sample | typeof DONE }
}

/** The places of each class, found at the first call. */
function groupPlaces({ classOf, classes }: IndexedData, order: Order): SourceHandle['placesByClass'] {
  if (classOf === undefined || classes === undefined) return undefined
  let groups: readonly Uint32Array[] | undefined
  return () => {
    groups ??= group(classOf, classes, order)
    return groups
  }
}

function group(classOf: (index: number) => number, classes: number, order: Order): readonly Uint32Array[] {
  const lists: number[][] = Array.from({ length: classes }, () => [])
  for (let place = 0; place < order.size; place++) lists[classOf(order.index(place))]?.push(place)
  return lists.map(list => Uint32Array.from(list))
}
