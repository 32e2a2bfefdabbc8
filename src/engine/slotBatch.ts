/** A finished batch over its slot. */
import type { Batch, BatchPlan, BatchStatistics, Fault, Moments, Normalization } from '../batch.js'
import type { Cursor } from '../cursor.js'
import { CursorError, LoaderError } from '../errors.js'
import type { Box, Keypoint, SourceInfo, Targets } from '../sample.js'
import { cursorOf } from './cursorOf.js'
import { type SlotViews, slotViews } from './slot.js'
import type { SlotRef } from './task.js'

interface SlotBatchFacts {
  readonly plan: BatchPlan
  readonly slot: SlotRef
  /** The rows of the plan that are there. */
  readonly keys: readonly string[]
  readonly faults: readonly Fault[]
  readonly targets: readonly Targets[] | undefined
  /** Its own statistics, and how they enter the moving averages, where it is normalised by them. */
  readonly moments: Moments | undefined
  readonly momentum: number | undefined
  readonly normalization: Normalization | undefined
  readonly normalized: Normalization | undefined
  readonly release: () => void
}

/** See {@link Batch}. */
export class SlotBatch implements Batch {
  readonly shape: readonly [number, number, number, number]
  readonly labelShape: readonly [number, number]
  readonly keys: readonly string[]
  readonly epoch: number
  readonly index: number
  readonly last: boolean
  readonly faults: readonly Fault[]
  readonly info: SourceInfo
  readonly normalization: Normalization | undefined
  readonly normalized: Normalization | undefined
  readonly boxes: readonly (readonly Box[])[] | undefined
  readonly keypoints: readonly (readonly Keypoint[])[] | undefined
  readonly #plan: BatchPlan
  readonly #moments: Moments | undefined
  readonly #momentum: number | undefined
  #moving: Moments | undefined
  #views: Pick<SlotViews, 'images' | 'labels' | 'masks'> | undefined
  #release: (() => void) | undefined

  constructor(facts: SlotBatchFacts) {
    const { plan, slot, keys, faults, targets, normalization, normalized, release } = facts
    const { height, width, channels, labelWidth, n } = slot.shape
    this.shape = [keys.length, height, width, channels]
    this.labelShape = [keys.length, labelWidth]
    this.keys = keys
    this.epoch = plan.epoch
    this.index = plan.index
    this.last = plan.last
    this.faults = faults
    this.info = plan.info
    this.normalization = normalization
    this.normalized = normalized
    const { boxes, keypoints } = plan.samples[0]!
    this.boxes = boxes && targets?.map(of => of.boxes)
    this.keypoints = keypoints && targets?.map(of => of.keypoints)
    this.#plan = plan
    this.#moments = facts.moments
    this.#momentum = facts.momentum
    this.#release = release
    const { images, labels, masks } = slotViews(slot.memory, slot.shape)
    this.#views =
      keys.length === n
        ? { images, labels, masks }
        : {
            images: images.subarray(0, keys.length * height * width * channels),
            labels: labels.subarray(0, keys.length * labelWidth),
            masks: masks?.subarray(0, keys.length * height * width)
          }
  }

  get images(): Uint8Array | Float32Array {
    return this.#open().images
  }

  get labels(): Float32Array {
    return this.#open().labels
  }

  get masks(): Uint8Array | undefined {
    return this.#open().masks
  }

  get cursor(): Cursor {
    return cursorOf(this.#plan, this.#moving)
  }

  get statistics(): BatchStatistics | undefined {
    return this.#moments && this.#moving && { ...this.#moments, moving: this.#moving }
  }

  /** Takes the batch into the moving averages, which begin at 0 and 1; gives them. To be called in the batches' order. */
  fold(moving: Moments | undefined): Moments | undefined {
    const moments = this.#moments
    const stays = this.#momentum
    if (moments === undefined || stays === undefined) return moving
    const channels = moments.mean.length
    if (moving !== undefined && (moving.mean.length !== channels || moving.variance.length !== channels)) {
      throw new CursorError(
        `The cursor's moving averages have ${moving.mean.length} and ${moving.variance.length} channels, but the images have ${channels}; take another cursor.`
      )
    }
    const fold = (before: readonly number[] | undefined, first: number, now: readonly number[]): number[] =>
      now.map((value, c) => (before?.[c] ?? first) * stays + value * (1 - stays))
    this.#moving = {
      mean: fold(moving?.mean, 0, moments.mean),
      variance: fold(moving?.variance, 1, moments.variance)
    }
    return this.#moving
  }

  /** What the batch was made from; for `describe`. */
  get plan(): BatchPlan {
    return this.#plan
  }

  release(): void {
    const release = this.#release
    this.#release = undefined
    this.#views = undefined
    release?.()
  }

  #open(): Pick<SlotViews, 'images' | 'labels' | 'masks'> {
    if (this.#views !== undefined) return this.#views
    throw new LoaderError(
      'RELEASED',
      `Batch ${this.index} of epoch ${this.epoch} was released: its memory holds another batch by now. ` +
        'Copy what you need (batch.images.slice()) before release(), or before the training step ends.'
    )
  }
}
