/** Reads streams epoch by epoch, one item at a time. */
import { SourceError, show } from '../errors.js'
import { runIn } from '../flow/context.js'
import { defer } from '../flow/platform.js'
import { DONE, PENDING, type Puller } from '../flow/pull.js'
import type { Sample, SourceInfo } from '../sample.js'
import { type SampleItem, sampleOf } from './item.js'
import type { Settings } from './source.js'
import { walkOf } from './walk.js'

/** So many items are skipped before other things may happen: a cursor may be far away. */
const SKIPPED_AT_ONCE = 1024

type Items = Iterator<SampleItem> | AsyncIterator<SampleItem>
type Result = IteratorResult<SampleItem>

/** The samples of all epochs; a cursor's are skipped without being looked at. */
export function readStream(
  factory: (epoch: number) => unknown,
  settings: Settings,
  info: SourceInfo,
  wake: () => void,
  window: number | undefined
): Puller<Sample> {
  const { epochs, shard, resume } = settings
  const { offset, step, ...start } = walkOf('iterable', settings, window)
  let { epoch, first } = start // the first item of this epoch that is ours
  let count = 0 // items of this epoch so far
  let items: Items | undefined
  let skipped = 0
  let waiting = false
  let arrived: { readonly result: Result } | { readonly error: unknown } | undefined

  const take = (): Result | typeof PENDING => {
    if (arrived === undefined && !waiting) {
      const result = runIn(undefined, () => {
        items ??= iterate(factory(epoch))
        return items.next()
      })
      if (!isPromise(result)) return result
      waiting = true
      const settle = (outcome: typeof arrived): void => {
        waiting = false
        arrived = outcome
        if (items !== undefined) wake()
      }
      result.then(
        result => settle({ result }),
        error => settle({ error })
      )
    }
    if (arrived === undefined) return PENDING
    const outcome = arrived
    arrived = undefined
    if ('error' in outcome) throw outcome.error
    return outcome.result
  }

  const endEpoch = (): void => {
    if (count <= shard.index && epochs - (resume?.epoch ?? 0) > 1) throw tooFew(epoch, count, shard)
    items = undefined
    epoch++
    count = 0
    first = offset
  }

  return {
    pull() {
      while (epoch < epochs) {
        const result = takeOrForget(take, () => {
          items = undefined
        })
        if (result === PENDING) return PENDING
        if (result.done) endEpoch()
        else {
          const position = count++
          const ours = position >= first && (position - first) % step === 0
          if (ours) return sampleOf('iterable', result.value, position, epoch, position, info)
          if (++skipped % SKIPPED_AT_ONCE === 0) {
            defer(wake)
            return PENDING
          }
        }
      }
      return DONE
    },
    close() {
      const open = items
      items = undefined
      // Nobody is left to hear of a failure to stop.
      const ending = open?.return?.()
      if (isPromise(ending)) ending.then(undefined, () => {})
    }
  }
}

/** An iterator that has failed is not to be closed. */
function takeOrForget<T>(take: () => T, forget: () => void): T {
  try {
    return take()
  } catch (error) {
    forget()
    throw error
  }
}

function iterate(value: unknown): Items {
  const items = value as Partial<AsyncIterable<SampleItem> & Iterable<SampleItem>> | null | undefined
  const iterator = items?.[Symbol.asyncIterator]?.() ?? items?.[Symbol.iterator]?.()
  if (iterator !== undefined) return iterator
  throw new SourceError(
    `iterable: the factory must return an iterable or async iterable, but returned ${show(value)}; a generator function is one.`
  )
}

function isPromise<T>(value: T | PromiseLike<T> | undefined): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | undefined)?.then === 'function'
}

function tooFew(epoch: number, count: number, { index, count: shards }: SourceInfo['shard']): SourceError {
  if (count === 0) {
    return new SourceError(
      `iterable: epoch ${epoch} is empty; the factory must make a new iterable each time it is called.`
    )
  }
  return new SourceError(`iterable: epoch ${epoch} has ${count} items, none for shard ${index} of ${shards}.`)
}
