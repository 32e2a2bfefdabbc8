/** The vocabulary of batches: a plan before `prefetch`, pixels after it, tensors after `toTensors`. */
import type { Cursor } from './cursor.js'
import type { Box, Keypoint, Sample, SourceInfo, Step } from './sample.js'

/** A batch to be, as `batch` makes it and batch operators extend it. */
export interface BatchPlan {
  readonly samples: readonly Sample[]
  readonly epoch: number
  /** Counts from 0 within its epoch. */
  readonly index: number
  /** Whether it is the epoch's last batch. */
  readonly last: boolean
  /** What is to be done with the batch as a whole, in order. */
  readonly steps: readonly Step[]
  /** Facts of the first sample's source. */
  readonly info: SourceInfo
  /** How many numbers a label row has. */
  readonly labelWidth: number
  /** Where the run goes on after this batch. */
  readonly next: Continuation
}

/** Where a run goes on after a batch, or why that cannot be said. */
export type Continuation =
  | {
      readonly epoch: number
      /** Where shard 0 of the lockstep stands in the epoch's global order. */
      readonly position: number
      /** Index of the next batch within its epoch. */
      readonly batch: number
      /** Samples were filtered away, so that `position` holds for this number of shards only. */
      readonly gaps: boolean
      /** Steps of the next sample, where there is one. */
      readonly steps: readonly Step[] | undefined
    }
  | {
      readonly unknown: string
    }

/** A sample that could not be made, and why. */
export interface Fault {
  readonly key: string
  readonly reason: string
  /** What became of it. */
  readonly action: 'skipped' | 'substituted'
}

/** Mean and standard deviation of each channel, in [0, 1]. */
export interface Normalization {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Mean and variance of each channel, of pixels in [0, 1]; the variance is not corrected for bias. */
export interface Moments {
  readonly mean: readonly number[]
  readonly variance: readonly number[]
}

/** What a batch was normalised by, under `batchNormalization`. */
export interface BatchStatistics extends Moments {
  /** The moving averages after this batch. */
  readonly moving: Moments
}

/** Finished pixels and labels in shared memory, on loan until `release()`. */
export interface Batch {
  /** n × height × width × channels. `Float32Array` after `normalize`, `Uint8Array` otherwise. */
  readonly images: Uint8Array | Float32Array
  readonly shape: readonly [n: number, height: number, width: number, channels: number]
  /** n × labelShape[1], `float32`. */
  readonly labels: Float32Array
  readonly labelShape: readonly [n: number, width: number]
  /** n × height × width class ids, moved as the images were; undefined where the samples have no `mask`. */
  readonly masks?: Uint8Array | undefined
  /** The boxes of each image, in its pixels; undefined where the samples have no `boxes`. */
  readonly boxes?: readonly (readonly Box[])[] | undefined
  /** The keypoints of each image, in its pixels; undefined where the samples have no `keypoints`. */
  readonly keypoints?: readonly (readonly Keypoint[])[] | undefined
  /** One for each image. */
  readonly keys: readonly string[]
  readonly epoch: number
  /** Counts from 0 within its epoch. */
  readonly index: number
  /** Whether it is the epoch's last batch. */
  readonly last: boolean
  /** Plain JSON: everything that is needed to continue right after this batch. */
  readonly cursor: Cursor
  /** Samples that failed, under `onFault: 'skip'` or `'substitute'`. */
  readonly faults: readonly Fault[]
  /** What the pipeline knows of the data set. */
  readonly info: SourceInfo
  /** Still to be applied to `images`, where the sink asked for bytes in order to normalise on its device. */
  readonly normalization: Normalization | undefined
  /** What was applied to `images` already, where they are `Float32Array`. */
  readonly normalized?: Normalization | undefined
  /** The batch's own moments and the moving averages, where the pipeline has `batchNormalization`, unless frozen. */
  readonly statistics?: BatchStatistics | undefined
  /** Gives the memory back; the arrays may not be read afterwards, and reading them throws. Idempotent. */
  release(): void
}

/** A batch on the device. `T` is the tensor type of the injected tfjs. */
export interface TensorBatch<T = unknown> {
  /** n × height × width × channels, `float32`. */
  readonly xs: T
  /** n × label width, `float32`. */
  readonly ys: T
  /** n × height × width class ids, `int32`; undefined where the samples have no `mask`. */
  readonly masks?: T | undefined
  /** As in the batch. */
  readonly boxes?: readonly (readonly Box[])[] | undefined
  readonly keypoints?: readonly (readonly Keypoint[])[] | undefined
  readonly keys: readonly string[]
  readonly epoch: number
  readonly index: number
  readonly last: boolean
  readonly cursor: Cursor
  readonly faults: readonly Fault[]
  readonly info: SourceInfo
  /** As in the batch. */
  readonly statistics?: BatchStatistics | undefined
  /** Disposes `xs`, `ys` and `masks`. Idempotent. The sinks call it after the step, unless `keep` was given to `toTensors`. */
  dispose(): void
}
