import { checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link fMix}. */
export interface FMixOptions {
  /**
   * Parameter of Beta(alpha, alpha), from which the share that an image keeps is drawn; 0 never mixes.
   * @defaultValue 1
   */
  readonly alpha?: number | undefined
  /**
   * How fast the waves that make up the mask grow weaker with their frequency: 1 / frequency^decay. Greater values give
   * fewer, smoother blobs.
   * @defaultValue 3
   */
  readonly decay?: number | undefined
  /**
   * Who is mixed with whom: a random permutation of the batch, in which a sample may meet itself; the batch in
   * reverse; or each sample's predecessor.
   * @defaultValue 'permutation'
   */
  readonly partner?: 'permutation' | 'reverse' | 'roll' | undefined
  /**
   * Probability that a batch is mixed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Replaces the pixels under a random smooth mask by those of another image of the batch.
 *
 * Batch → batch. Labels become weights: the exact share of pixels from each image. One mask serves the whole batch: noise
 * of low frequencies, cut at the height that gives the share drawn. Of images with more than 64 pixels a side, waves
 * shorter than a 32nd of the side are left out. Masks of samples are mixed as the images are; boxes and keypoints are
 * refused.
 * Harris et al. 2020, https://arxiv.org/abs/2002.12047
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, fMix, forEachBatch, normalize, randomFlip } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomFlip(), batch(128), fMix(), normalize())
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function fMix(options: FMixOptions = {}): BatchOperator {
  checkOptions('fMix', options, ['alpha', 'decay', 'partner', 'p'])
  const { alpha = 1, decay = 3, partner = 'permutation', p = 1 } = options
  checkNumber('fMix', 'alpha', alpha, { min: 0 })
  checkNumber('fMix', 'decay', decay, { min: 0, max: 10 })
  checkOneOf('fMix', 'partner', partner, ['permutation', 'reverse', 'roll'])
  checkProbability('fMix', 'p', p)
  return batchStep({ name: 'fMix', options: { alpha, decay, partner, p } })
}
