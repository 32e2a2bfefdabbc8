/** A batch on the device, and the watch over those that nobody disposes. */
import type { Batch, TensorBatch } from '../batch.js'
import { disposeTensor, isAlive, kept } from './dispose.js'

/** The tensors of a batch. */
export interface Tensors<T> {
  readonly xs: T
  readonly ys: T
  readonly masks: T | undefined
}

/** See {@link TensorBatch}. With `keep`, the sinks do not dispose it. */
export function tensorBatch<T>(batch: Batch, { xs, ys, masks }: Tensors<T>, keep: boolean): TensorBatch<T> {
  const { boxes, keypoints, keys, epoch, index, last, faults, info, statistics } = batch
  return {
    xs,
    ys,
    masks,
    boxes,
    keypoints,
    keys,
    epoch,
    index,
    last,
    // Where several sources were merged there is no cursor, and reading it throws: so only when somebody asks.
    get cursor() {
      return batch.cursor
    },
    faults,
    info,
    statistics,
    dispose() {
      disposeTensor(xs)
      disposeTensor(ys)
      if (masks !== undefined) disposeTensor(masks)
    },
    ...(keep ? kept : undefined)
  }
}

type Alive = Pick<Tensors<unknown>, 'xs' | 'ys'>

/** Calls back, once, when more than `most` of the tensor batches that it was told of are alive. */
export class AliveWatch {
  readonly #most: number
  #alive: Set<Alive> | undefined = new Set()
  readonly #tooMany: () => void

  constructor(most: number, tooMany: () => void) {
    this.#most = most
    this.#tooMany = tooMany
  }

  add(batch: Alive): void {
    const alive = this.#alive
    if (alive === undefined) return
    alive.add(batch)
    if (alive.size <= this.#most) return
    for (const one of alive) if (!isAlive(one.xs) && !isAlive(one.ys)) alive.delete(one)
    if (alive.size <= this.#most) return
    this.#alive = undefined
    this.#tooMany()
  }
}
