import { checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link ricap}. */
export interface RicapOptions {
  /**
   * Parameter of Beta(beta, beta), from which the place of both boundaries is drawn: below 1 it is mostly near the
   * border, so that one image takes most of the room; 1 is anywhere alike; above 1 it is mostly near the centre. 0 never
   * mixes.
   * @defaultValue 0.3
   */
  readonly beta?: number | undefined
  /**
   * Where a boundary goes that is drawn exactly between two pixels: to the even one, as in the authors' code, or to the
   * greater one.
   * @defaultValue 'half-even'
   */
  readonly rounding?: 'half-even' | 'half-up' | undefined
  /**
   * Whether boundaries and crops are drawn once for the batch, as the authors do, or for each sample.
   * @defaultValue 'batch'
   */
  readonly granularity?: 'batch' | 'sample' | undefined
  /**
   * Probability that a batch is mixed, or that a sample is where `granularity` is `'sample'`.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Patches each image together from random crops of four images of the batch, which meet at a random point.
 *
 * Batch → batch. Labels become weights: the exact share of pixels from each image. Nothing is scaled. The images for the
 * top left, top right, bottom left and bottom right come from four random permutations of the batch.
 *
 * Masks are patched as the images are. Bounding boxes are cut at the border of their patch, and come along where a
 * quarter of them or more is inside; keypoints come along from inside.
 *
 * Takahashi, Matsubara, Uehara 2018, https://arxiv.org/abs/1811.09030
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, normalize, randomFlip, ricap } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomFlip(), batch(128), ricap(), normalize())
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function ricap(options: RicapOptions = {}): BatchOperator {
  checkOptions('ricap', options, ['beta', 'rounding', 'granularity', 'p'])
  const { beta = 0.3, rounding = 'half-even', granularity = 'batch', p = 1 } = options
  checkNumber('ricap', 'beta', beta, { min: 0 })
  checkOneOf('ricap', 'rounding', rounding, ['half-even', 'half-up'])
  checkOneOf('ricap', 'granularity', granularity, ['batch', 'sample'])
  checkProbability('ricap', 'p', p)
  return batchStep({ name: 'ricap', options: { beta, rounding, granularity, p } })
}
