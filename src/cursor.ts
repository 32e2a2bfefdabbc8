/** A cursor: everything that is needed to continue right after a batch, as plain JSON of constant size. */

import type { Moments } from './batch.js'

/**
 * Where a run stands. Give it to a source as `resume`, and the pipeline continues with the very next batch.
 * It survives `JSON.stringify` and `JSON.parse`.
 */
export interface Cursor {
  readonly version: 1
  /** Fingerprint of the source's data. */
  readonly source: string
  readonly seed: number
  readonly shuffle: boolean
  /** `'Infinity'` as a string, because JSON has no number for it. */
  readonly epochs: number | 'Infinity'
  readonly subset: readonly [from: number, to: number]
  /** What else decided the order: a sampler, or how data sets were mixed. */
  readonly order?: string | undefined
  /** The size that `windowShuffle` was given, where the pipeline has it. */
  readonly window?: number | undefined
  /** How many shards shared the global order. */
  readonly shards: number
  /** The epoch of the next sample. */
  readonly epoch: number
  /** Where shard 0 of the lockstep stands in that epoch's global order. */
  readonly position: number
  /** Index, within its epoch, of the next batch. */
  readonly batch: number
  /** Samples were filtered away before the batch, so `position` holds for this number of shards only. */
  readonly gaps: boolean
  /** Fingerprint of the sample steps and batch steps. */
  readonly steps: string
  /** What decoded the images, with its version. */
  readonly codec: string
  /** The moving averages of `batchNormalization`, where the pipeline has it. */
  readonly moving?: Moments | undefined
}
