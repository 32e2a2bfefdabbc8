/** A stream of batches over few slots, which are written again as soon as they are given back. */
import type { Observable } from 'rxjs'
import type { Batch } from '#dist/batch.js'
import { DONE, fromPull } from '#dist/flow/pull.js'
import { type MemoryBatch, type MemoryBatchOptions, memoryBatch } from './batches.js'

export interface MemorySource {
  readonly source: Observable<Batch>
  /** Batches made by all subscriptions. */
  readonly made: MemoryBatch[]
  /** How many of them nobody released. */
  readonly held: () => number
  /** How many slots there had to be. */
  readonly slots: () => number
  /** Subscriptions that are open. */
  readonly open: () => number
}

/** `batches` batches in each of `epochs` epochs; after `failAfter` of them comes an error. */
export function memorySource(
  options: MemoryBatchOptions & { batches?: number; epochs?: number; failAfter?: number } = {}
): MemorySource {
  const { batches = 4, epochs = 1, failAfter = Infinity, n = 4, size = 8, channels = 3, classes = 5 } = options
  const made: MemoryBatch[] = []
  const free: SharedArrayBuffer[] = []
  let slots = 0
  let open = 0

  function take(count: number): Batch {
    if (free.length === 0) {
      free.push(new SharedArrayBuffer(n * (size * size * channels + classes) * 4))
      slots++
    }
    const slot = free.pop()!
    const [epoch, index] = [Math.floor(count / batches), count % batches]
    const batch = memoryBatch({ ...options, slot, epoch, index, last: index === batches - 1 })
    const { release } = batch
    batch.release = () => {
      if (batch.released === 0) free.push(slot)
      release()
    }
    made.push(batch)
    return batch
  }

  const source = fromPull<Batch>(() => {
    let count = 0
    open++
    return {
      pull() {
        if (count === failAfter) throw new Error('the source failed')
        return count === batches * epochs ? DONE : take(count++)
      },
      close() {
        open--
      }
    }
  })
  return {
    source,
    made,
    held: () => made.filter(batch => batch.released === 0).length,
    slots: () => slots,
    open: () => open
  }
}
