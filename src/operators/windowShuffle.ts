/** A shuffle for streams, within windows. */
import type { MonoTypeOperatorFunction } from 'rxjs'
import { checkInteger } from '../check.js'
import { OperatorError } from '../errors.js'
import { currentContext } from '../flow/context.js'
import { type Gathering, regroup } from '../flow/regroup.js'
import { keepHandle, type SourceHandle, sourceOf } from '../handle.js'
import { permutation } from '../random/permutation.js'
import { rngKey } from '../random/rng.js'
import type { Sample, SourceInfo } from '../sample.js'

/**
 * Shuffles a stream within windows: the first `size` samples of an epoch among themselves, then the next `size`, …
 *
 * Sample → sample. Every window of every epoch has an order of its own, which depends on the seed and its place alone. It
 * is for streams, right behind the source: an indexed source has `shuffle`, which mixes the whole data set and
 * holds nothing. Shards take parts of the same shuffled order. A run that is resumed begins to read at the window that
 * the cursor is in, and emits what follows the cursor. Cursors of another size are refused. It holds up to 2 × `size`
 * samples: plans, with the encoded bytes of their images where the stream gives bytes.
 *
 * Mixing is as good as the window is large: see docs/sampling.md for numbers. Sorted data (all cats, then all dogs) need a
 * window that is much larger than a class.
 *
 * @param size samples in a window, at least 2
 *
 * @throws {@link InvalidOptionError} where `size` cannot be used
 * @throws {@link OperatorError} through the Observable, where it is used twice, or several sources were merged before it
 *
 * @example
 * ```ts
 * import { batch, forEachBatch, iterable, windowShuffle } from 'millrace'
 *
 * const frames = iterable(function* (epoch) {
 *   for (let i = 0; i < 5000; i++) yield { image: `frames/${i}.jpg`, label: i % 2 }
 * }, { classes: 2, seed: 7 })
 * await forEachBatch(frames.pipe(windowShuffle(1000), batch(50)), ({ keys }) => console.log(keys))
 * ```
 */
export function windowShuffle(size: number): MonoTypeOperatorFunction<Sample> {
  checkInteger('windowShuffle', 'size', size, { min: 2, max: 2 ** 24 })
  const infos = new WeakMap<SourceInfo, SourceInfo>()
  const within = (info: SourceInfo): SourceInfo => {
    const known = infos.get(info) ?? shuffledInfo(info, size)
    infos.set(info, known)
    return known
  }
  return regroup<Sample, Sample>(
    context => ({ ...context, window: size }),
    () => {
      if (currentContext()?.window !== undefined) {
        throw new OperatorError(
          'windowShuffle',
          'the samples are shuffled within windows twice. Use one, with a larger window.'
        )
      }
      return new Windows(size, within)
    }
  )
}

/** One subscription's samples on their way into windows. */
class Windows implements Gathering<Sample, Sample> {
  readonly #size: number
  readonly #within: (info: SourceInfo) => SourceInfo
  /** The samples of the open window, by their position in it; a sample that is repeated is there several times. */
  #open: Sample[][] = []
  #first: Sample | undefined
  #last: Sample | undefined

  constructor(size: number, within: (info: SourceInfo) => SourceInfo) {
    this.#size = size
    this.#within = within
  }

  add(sample: Sample): readonly (readonly Sample[])[] {
    const done = this.#belongs(sample) ? [] : [this.end()]
    this.#first ??= sample
    this.#last = sample
    const at = sample.position % this.#size
    const samples = this.#open[at]
    if (samples === undefined) this.#open[at] = [sample]
    else samples.push(sample)
    return done
  }

  end(): readonly Sample[] {
    if (this.#first === undefined) return []
    const { info, epoch, position } = this.#first
    const start = position - (position % this.#size)
    const length = windowLength(info, start, this.#size) ?? this.#open.length
    const order = windowOrder(info, epoch, start, length)
    const shuffled = this.#within(info)
    const { index: shard, count } = info.shard
    const resume = sourceOf(info)?.resume
    const from = resume !== undefined && resume.epoch === epoch ? resume.position : 0
    const out: Sample[] = []
    for (let i = 0; i < length; i++) {
      const position = start + i
      if (position < from || (position - shard) % count !== 0) continue
      for (const sample of this.#open[order(i)] ?? []) out.push({ ...sample, position, info: shuffled })
    }
    this.#open = []
    this.#first = undefined
    return out
  }

  /** Whether a sample comes into the open window. */
  #belongs({ info, epoch, position, key }: Sample): boolean {
    const [first, last] = [this.#first, this.#last]
    if (last !== undefined && last.info !== info) {
      throw new OperatorError(
        'windowShuffle',
        `samples of ${last.info.name} and of ${info.name} meet. Shuffle each of them before they are merged.`,
        { key }
      )
    }
    if (first === undefined) return true
    const start = first.position - (first.position % this.#size)
    return epoch === first.epoch && position >= last!.position && position < start + this.#size
  }
}

/** The samples of a window, where that is known beforehand: all but the last one of a stream are full. */
function windowLength({ size }: SourceInfo, start: number, window: number): number | undefined {
  return size === undefined ? undefined : Math.min(window, size - start)
}

/** Which of the samples of a window stands where. */
function windowOrder(
  { seed, fingerprint }: SourceInfo,
  epoch: number,
  start: number,
  length: number
): (place: number) => number {
  return permutation(length, rngKey(seed, fingerprint, `windowShuffle ${epoch}`, start))
}

/** The facts of the source in its new order; the way back to it leads over the order before. */
function shuffledInfo(info: SourceInfo, window: number): SourceInfo {
  const handle = sourceOf(info)
  const shuffled = Object.freeze({ ...info })
  if (handle === undefined) return shuffled
  const { options, placeAt } = handle
  const before = (epoch: number, position: number): number => {
    const start = position - (position % window)
    return start + windowOrder(info, epoch, start, windowLength(info, start, window)!)(position - start)
  }
  const moved: SourceHandle = {
    ...handle,
    info: shuffled,
    options: { ...options, window },
    placeAt: placeAt && ((epoch, position) => placeAt(epoch, before(epoch, position)))
  }
  keepHandle(moved)
  return shuffled
}
