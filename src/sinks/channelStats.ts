/** Mean and standard deviation of a data set's pixels. */
import { type MonoTypeOperatorFunction, map, type Observable, takeWhile } from 'rxjs'
import type { Batch, Fault, Normalization } from '../batch.js'
import { checkFunction, checkInteger, checkOneOf, checkOptions } from '../check.js'
import { OperatorError } from '../errors.js'
import { batch } from '../operators/batch.js'
import { type PrefetchOptions, prefetch } from '../operators/prefetch.js'
import { sampleStep } from '../operators/steps.js'
import type { Sample, SourceInfo } from '../sample.js'
import { ChannelTally } from './channelTally.js'
import { checkSignal, checkSource } from './check.js'
import { forEachBatch } from './forEachBatch.js'

/** Options of {@link channelStats}. */
export interface ChannelStatsOptions {
  /**
   * Told after every few images how many are done, and of how many: the source's samples of an epoch and a shard, where
   * it knows them.
   */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number | undefined }) => void) | undefined
  /**
   * Worker threads; see {@link prefetch}.
   * @defaultValue `os.availableParallelism()`
   */
  readonly workers?: number | undefined
  /**
   * What to do with an image that cannot be read: `'throw'`, or `'skip'`, which lists it in `faults`.
   * @defaultValue 'throw'
   */
  readonly onFault?: 'throw' | 'skip' | undefined
  /**
   * Ends it: the promise is rejected with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined
}

/** What {@link channelStats} finds. `normalize` takes `mean` and `std` as they are. */
export interface ChannelStats extends Normalization {
  /** Pixels that were counted, in each channel. */
  readonly count: number
  /** Images that were counted. */
  readonly images: number
  /** Images that could not be read, with `onFault: 'skip'`. */
  readonly faults: readonly Fault[]
}

/**
 * Computes mean and standard deviation of each channel over all pixels of a data set, in [0, 1].
 *
 * Samples → a promise. One pass over the first epoch that comes, in worker threads; images may differ in size, and large
 * ones count for more. Steps before it, such as `resize`, are executed. The deviation is that of all pixels around one
 * mean (n in the denominator), not a mean of the images' own deviations, which is smaller. Sums are whole numbers, so
 * nothing is lost and no order matters. A channel that never changes has a deviation of 0, which `normalize` refuses.
 *
 * @param source - A source, also with sample operators behind it; before `batch`.
 * @throws {@link InvalidOptionError}, {@link SourceError} where an image cannot be read or there is none,
 * {@link ShapeError} where images differ in their channels, or the signal's reason: as the promise's rejection.
 *
 * @example
 * ```ts
 * import { batch, channelStats, forEachBatch, imageFolder, normalize, randomResizedCrop } from 'millrace'
 *
 * const { mean, std } = await channelStats(imageFolder('photos/train'))
 * console.log(mean, std)
 * const train = imageFolder('photos/train').pipe(randomResizedCrop(224), batch(64), normalize({ mean, std }))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export async function channelStats(
  source: Observable<Sample>,
  options: ChannelStatsOptions = {}
): Promise<ChannelStats> {
  checkSource('channelStats', source)
  checkOptions('channelStats', options, ['onProgress', 'workers', 'onFault', 'signal'])
  const { onProgress, workers, onFault = 'throw', signal } = options
  if (onProgress !== undefined) checkFunction('channelStats', 'onProgress', onProgress)
  if (workers !== undefined) checkInteger('channelStats', 'workers', workers, { max: 1024 })
  checkOneOf('channelStats', 'onFault', onFault, ['throw', 'skip'])
  checkSignal('channelStats', signal)
  const tally = new ChannelTally()
  const add = (made: Batch): void => {
    tally.add(made)
    onProgress?.({ done: tally.images + tally.faults.length, total: samplesOf(made.info) })
  }
  await forEachBatch(reduceImages(source, { workers, onFault }), add, { signal })
  const { images, faults } = tally
  return { ...tally.moments(), images, faults }
}

/** The images of the first epoch as batches of their sums, which the workers make: `readSums` tells what they are. */
export function reduceImages(source: Observable<Sample>, options: PrefetchOptions): Observable<Batch> {
  const step = sampleStep({ name: 'channelStats', options: {} })
  return source.pipe(map(pixelsAlone), firstEpoch(), step, batch(IMAGES), prefetch(2, options))
}

/** Images that are reduced between two reports. */
const IMAGES = 64

/** A sample without what lies in its image; `batch` need not know the classes. */
function pixelsAlone(sample: Sample): Sample {
  if (typeof sample !== 'object' || sample === null || !('image' in sample && 'steps' in sample)) {
    throw new OperatorError('channelStats', 'it takes samples. Give it the source before batch().')
  }
  const { mask: _mask, boxes: _boxes, keypoints: _keypoints, label, ...rest } = sample
  return { ...rest, label: typeof label === 'number' && rest.info.classes === undefined ? NO_LABEL : label }
}

const NO_LABEL = new Float32Array(1)

/** The samples up to the first that is of another epoch. */
function firstEpoch(): MonoTypeOperatorFunction<Sample> {
  let first: Sample | undefined
  return takeWhile(sample => {
    first ??= sample
    return sample.epoch === first.epoch
  })
}

/** Samples of an epoch and a shard. */
function samplesOf({ size, shard }: SourceInfo): number | undefined {
  return size === undefined ? undefined : Math.ceil((size - shard.index) / shard.count)
}
