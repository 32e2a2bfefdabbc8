import { Observable, type OperatorFunction, type Subscriber } from 'rxjs'
import type { BatchPlan, Continuation } from '../batch.js'
import { checkInteger, checkOneOf, checkOptions } from '../check.js'
import { sourceOf } from '../handle.js'
import type { Sample, Step } from '../sample.js'
import { labelWidth } from './labelWidth.js'

/** Options of {@link batch}. */
export interface BatchOptions {
  /**
   * What becomes of the samples at an epoch's end that do not fill a batch: `'keep'` makes a short batch of them,
   * `'drop'` leaves them out.
   * @defaultValue 'keep'
   */
  readonly remainder?: 'keep' | 'drop' | undefined
}

/**
 * Gathers samples into batches.
 *
 * Sample → batch. A batch never straddles epochs. It is emitted when what follows is known (the next sample; with
 * `remainder: 'drop'`, the next full batch), so that its `last` and its cursor are true. Class indices become one-hot
 * `float32` rows as wide as the source has classes; vectors stay as they are.
 *
 * @param size samples in a batch, at least 1
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 * @throws {@link OperatorError} through the Observable, where a label does not fit the classes, or merged sources have
 * different classes
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch } from 'millrace'
 *
 * const batches = cifar10({ split: 'test' }).pipe(batch(500, { remainder: 'drop' }))
 * await forEachBatch(batches, ({ shape, last }) => console.log(shape, last))
 * ```
 */
export function batch(size: number, options: BatchOptions = {}): OperatorFunction<Sample, BatchPlan> {
  checkInteger('batch', 'size', size, { min: 1 })
  checkOptions('batch', options, ['remainder'])
  const { remainder = 'keep' } = options
  checkOneOf('batch', 'remainder', remainder, ['keep', 'drop'])
  return source =>
    new Observable<BatchPlan>(subscriber => {
      const gathering = new Gathering(size, remainder === 'drop', subscriber)
      subscriber.add(
        source.subscribe({
          next: sample => {
            try {
              gathering.next(sample)
            } catch (error) {
              subscriber.error(error)
            }
          },
          error: error => subscriber.error(error),
          complete: () => {
            gathering.endEpoch(undefined)
            subscriber.complete()
          }
        })
      )
    })
}

/** One subscription's samples on their way into batches. */
class Gathering {
  readonly #size: number
  readonly #drop: boolean
  readonly #out: Subscriber<BatchPlan>
  /** A full batch that waits until it is known what follows. */
  #full: Sample[] | undefined
  #open: Sample[] = []
  #start: Sample | undefined
  #previous: Sample | undefined
  #batch = 0
  #gaps = false
  #several = false
  #disordered = false
  #width = 0

  constructor(size: number, drop: boolean, out: Subscriber<BatchPlan>) {
    this.#size = size
    this.#drop = drop
    this.#out = out
  }

  next(sample: Sample): void {
    const previous = this.#previous
    if (previous === undefined) this.#begin(sample)
    else if (this.#startsEpoch(sample, previous)) this.#nextEpoch(sample)
    else this.#follow(sample, previous)
    this.#width = labelWidth(sample, previous, this.#width)
    this.#previous = sample
    this.#open.push(sample)
    if (this.#open.length < this.#size) return
    if (this.#full !== undefined) this.#emit(this.#full, false, this.#open[0])
    this.#full = this.#open
    this.#open = []
  }

  /** Emits what is left of the epoch. */
  endEpoch(next: Sample | undefined): void {
    const full = this.#full
    const rest = this.#drop ? [] : this.#open
    this.#full = undefined
    this.#open = []
    if (full !== undefined) this.#emit(full, rest.length === 0, rest[0] ?? next)
    if (rest.length > 0) this.#emit(rest, true, next)
  }

  #begin(sample: Sample): void {
    this.#start = sample
    const resume = sourceOf(sample.info)?.resume
    const goesOn = resume !== undefined && resume.epoch === sample.epoch
    this.#batch = goesOn ? resume.batch : 0
    this.#gaps = goesOn ? resume.gaps : false
    const first = (goesOn ? resume.position : 0) + sample.info.shard.index
    if (sample.position !== first) this.#gaps = true
  }

  #nextEpoch(sample: Sample): void {
    this.endEpoch(sample)
    this.#batch = 0
    this.#disordered = false
    this.#gaps = sample.position !== sample.info.shard.index
  }

  #follow(sample: Sample, previous: Sample): void {
    if (sample.info !== previous.info) this.#several = true
    else if (!isNextRepetition(sample, previous)) {
      if (sample.position <= previous.position) this.#disordered = true
      if (sample.position !== previous.position + sample.info.shard.count) this.#gaps = true
    }
    if (this.#drop || this.#full === undefined) return
    this.#emit(this.#full, false, sample)
    this.#full = undefined
  }

  /** A repeated source begins again with the very sample that it began with. */
  #startsEpoch(sample: Sample, previous: Sample): boolean {
    if (sample.info !== previous.info) return sample.epoch !== previous.epoch
    const { epoch, position, info, repetition } = this.#start!
    return (
      sample.epoch !== previous.epoch ||
      (sample.epoch === epoch &&
        sample.position === position &&
        sample.info === info &&
        sample.repetition === repetition)
    )
  }

  #emit(samples: Sample[], last: boolean, next: Sample | undefined): void {
    const { epoch, info } = samples[0]!
    const index = this.#batch++
    this.#out.next({
      samples,
      epoch,
      index,
      last,
      steps: NO_STEPS,
      info,
      labelWidth: this.#width,
      next: this.#continuation(epoch, last, next)
    })
  }

  #continuation(epoch: number, last: boolean, next: Sample | undefined): Continuation {
    if (this.#several || (next !== undefined && next.info !== this.#previous!.info)) {
      return { unknown: 'samples of several sources were merged, and a cursor knows the place in one only.' }
    }
    if (this.#disordered) {
      return {
        unknown: 'samples come in another order than that of their source, and a cursor knows places in that one.'
      }
    }
    if (next !== undefined && (next.repetition ?? 0) > 0) {
      return {
        unknown:
          'the repetitions of a sample are split over two batches. Make the size of batches a multiple of what repeatAugment was given.'
      }
    }
    const batch = last ? 0 : this.#batch
    if (next !== undefined) {
      const { position, info, steps } = next
      return { epoch: next.epoch, position: position - info.shard.index, batch, gaps: this.#gaps && !last, steps }
    }
    const { position, info } = this.#previous!
    const after = position - info.shard.index + info.shard.count
    if (info.size === undefined || after < info.size)
      return { epoch, position: after, batch: this.#batch, gaps: this.#gaps, steps: undefined }
    return { epoch: epoch + 1, position: 0, batch: 0, gaps: false, steps: undefined }
  }
}

/** Whether a sample repeats the one before it. */
function isNextRepetition(sample: Sample, previous: Sample): boolean {
  return sample.position === previous.position && (sample.repetition ?? 0) === (previous.repetition ?? 0) + 1
}

const NO_STEPS: readonly Step[] = Object.freeze([])
