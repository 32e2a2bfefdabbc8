/** The way back from samples to the source they came from. */
import type { Cursor } from './cursor.js'
import type { Sample, SourceInfo } from './sample.js'

/** What others may ask of a source: partners, substitutes, and what its cursors say. */
export interface SourceHandle {
  readonly info: SourceInfo
  /** Samples in the subset, over all shards; undefined for a stream. */
  readonly size: number | undefined
  readonly options: {
    readonly shuffle: boolean
    readonly epochs: number
    readonly subset: readonly [from: number, to: number]
    readonly shards: number
    readonly order?: string | undefined
    readonly window?: number | undefined
  }
  /** The cursor that the source was resumed from. */
  readonly resume: Cursor | undefined
  /**
   * The sample at a place in the subset, whatever the shuffle and the shard, as it would be at an epoch and a position.
   * Undefined for a stream.
   */
  readonly sampleAt: ((place: number, epoch: number, position: number) => Sample | Promise<Sample>) | undefined
  /** The place in the subset that an epoch shows at a position. Undefined for a stream. */
  readonly placeAt: ((epoch: number, position: number) => number) | undefined
  /** The places in the subset of each class; undefined where labels are not known beforehand, or are no classes. */
  readonly placesByClass: (() => readonly Uint32Array[]) | undefined
  /**
   * The part of the subset that a place has its partners and substitutes from, where that is not all of it: the data set
   * that it comes from, where several are mixed.
   */
  readonly partAt?: ((place: number) => SourcePart) | undefined
}

/** Places that belong together: `size` of them from `first` on. */
export interface SourcePart {
  readonly first: number
  readonly size: number
  /** The places of each class, counted from `first`. */
  readonly placesByClass: (() => readonly Uint32Array[]) | undefined
}

const handles = new WeakMap<SourceInfo, SourceHandle>()

/** The source whose samples carry this `info`; undefined where it is none of this thread's. */
export function sourceOf(info: SourceInfo): SourceHandle | undefined {
  return handles.get(info)
}

/** What every cursor of this source says about it; undefined where the source is not known. */
export function cursorFacts(
  info: SourceInfo
): Pick<Cursor, 'source' | 'seed' | 'shuffle' | 'epochs' | 'subset' | 'shards' | 'order' | 'window'> | undefined {
  const handle = handles.get(info)
  if (handle === undefined) return undefined
  const { shuffle, epochs, subset, shards, order, window } = handle.options
  return {
    source: info.fingerprint,
    seed: info.seed,
    shuffle,
    epochs: epochs === Infinity ? 'Infinity' : epochs,
    subset,
    shards,
    ...(order !== undefined && { order }),
    ...(window !== undefined && { window })
  }
}

/** Makes a source known. */
export function keepHandle(handle: SourceHandle): void {
  handles.set(handle.info, handle)
}
