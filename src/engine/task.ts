/** What goes to a worker and what comes back: plain, structured-cloneable data. */
import type { Moments, Normalization } from '../batch.js'
import type { FixedMemory } from '../kernels/wasm/module.js'
import type { Sample, Step, Targets } from '../sample.js'
import type { SlotShape } from './slot.js'

/** A list of steps with all that their draws depend on besides the sample. */
export interface ProgramSpec {
  readonly id: number
  readonly seed: number
  readonly source: string
  readonly steps: readonly Step[]
  readonly mean: readonly number[] | undefined
  readonly std: readonly number[] | undefined
  readonly classes: number | undefined
}

/** Samples as rows of numbers, because these cross to another thread at a fraction of what objects cost. */
export interface SampleTable {
  readonly count: number
  /** `COLUMNS` numbers a sample, in the order of `Column`. */
  readonly numbers: Float64Array
  /** Locations and encoded bytes of the samples that have such an image. */
  readonly encoded: readonly (string | Uint8Array)[]
  /** Shared buffers that pixels lie in. */
  readonly buffers: readonly SharedArrayBuffer[]
  /** Label vectors, one after the other, where the samples have such labels. */
  readonly vectors: Float32Array | undefined
  /** Masks, boxes and keypoints of each row, where the samples have any. */
  readonly targets: readonly SampleTargets[] | undefined
}

/** Columns of the table. */
export const Column = {
  program: 0,
  epoch: 1,
  position: 2,
  /** 0 for the sample itself, n for its n-th partner. */
  role: 3,
  /** Class index, or NaN where the label is a vector. */
  label: 4,
  /** Index into `buffers`, or −1 − index into `encoded`. */
  image: 5,
  /** Of pixels in their buffer; of encoded bytes in the file that they are a part of, where `channels` is 1; `width` is their number. */
  offset: 6,
  width: 7,
  height: 8,
  channels: 9,
  /** Steps that the pixels have gone through already. */
  applied: 10,
  /** The pixels before this step are to come back, for the cache; −1 for none. */
  keep: 11,
  /** Row of the batch. */
  row: 12,
  /** Table rows from this one on that belong to it: itself, its partners, their partners. */
  span: 13,
  /** Of a partner: the step that it is for. */
  forStep: 14
} as const

export const COLUMNS = 15

/** Normalising by a batch's own statistics. */
export interface OwnNormalization {
  readonly epsilon: number
  readonly momentum: number
}

/** The batch as a whole. */
export interface BatchSpec {
  /** Program of the batch steps. */
  readonly program: number
  readonly normalization: Normalization | undefined
  readonly own: OwnNormalization | undefined
  /** Epoch, position and label of the first sample. */
  readonly epoch: number
  readonly position: number
  readonly label: number | Float32Array
}

/** What lies in an image, as the source gives it. */
export type SampleTargets = Pick<Sample, 'mask' | 'boxes' | 'keypoints'>

/** Boxes and keypoints of a row, moved by its steps. */
export interface RowTargets extends Targets {
  readonly row: number
}

export interface SlotRef {
  readonly memory: FixedMemory
  readonly shape: SlotShape
}

/** Makes rows of a batch; whoever makes the last one finishes the batch, if no row failed. */
export interface ChunkWork {
  readonly kind: 'chunk'
  readonly table: SampleTable
  readonly slot: SlotRef
  readonly batch: BatchSpec
  /** Bytes that a thread may fetch from web servers before their turn. */
  readonly ahead?: number | undefined
}

/** Closes the gaps of the rows that failed, and finishes the batch. */
export interface FinishWork {
  readonly kind: 'finish'
  readonly slot: SlotRef
  readonly batch: BatchSpec
  /** The rows that are there, in order. */
  readonly rows: readonly number[]
}

/** Makes images by themselves, in shared memory of their own. */
export interface PixelsWork {
  readonly kind: 'pixels'
  readonly table: SampleTable
}

export type Work = ChunkWork | FinishWork | PixelsWork

/** A message to a worker. */
export interface Task {
  readonly id: number
  /** Programs that the worker has not seen. */
  readonly programs: readonly ProgramSpec[]
  /** Whether the worker may forget all programs that it was sent before. */
  readonly forget: boolean
  readonly work: Work
}

/** A row that could not be made. */
export interface RowFault {
  readonly row: number
  readonly message: string
  readonly code: string | undefined
  readonly stack: string | undefined
  /** The image is there, but of this shape, which is not the batch's. */
  readonly shape: readonly [height: number, width: number, channels: number] | undefined
}

/** Pixels that came back. */
export interface MadePixels {
  readonly row: number
  readonly buffer: SharedArrayBuffer
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** Milliseconds that a worker spent on reading, decoding, each step by its name, and so on. */
export type WorkTimes = Readonly<Record<string, number>>

/** What a worker answers. */
export interface Outcome {
  readonly faults: readonly RowFault[]
  /** Whether the batch is finished. */
  readonly finished: boolean
  /** The images of a `PixelsWork`, or those asked for by `keep`. */
  readonly pixels: readonly MadePixels[]
  /** The batch's own statistics, of who finished it where they were asked for. */
  readonly moments: Moments | undefined
  /** Boxes and keypoints, of the rows that have any. */
  readonly targets: readonly RowTargets[]
  readonly times: WorkTimes
}

export type Reply =
  | { readonly id: number; readonly outcome: Outcome }
  | { readonly id: number; readonly error: unknown }
