import { checkNumber, checkOptions, checkProbability } from '../check.js'
import { pairing } from './granularity.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link mixUp}. */
export interface MixUpOptions {
  /**
   * Parameter of Beta(alpha, alpha), from which the weight is drawn: 1 is uniform, smaller values mix less, 0 never.
   * The authors use 1 for CIFAR and 0.2 for ImageNet.
   * @defaultValue 1
   */
  readonly alpha?: number | undefined
  /**
   * Whether one weight is drawn for the batch, as the authors do, one for each sample, or one for each pair: a sample
   * and its partner in the reversed batch, each of which keeps that weight of itself. timm calls them `batch`, `elem`
   * and `pair`.
   * @defaultValue 'batch'
   */
  readonly granularity?: 'batch' | 'sample' | 'pair' | undefined
  /**
   * Who is mixed with whom: a random permutation of the batch, in which a sample may meet itself; the batch in
   * reverse; or each sample's predecessor. Pairs need `'reverse'`.
   * @defaultValue 'permutation', for pairs 'reverse'
   */
  readonly partner?: 'permutation' | 'reverse' | 'roll' | undefined
  /**
   * Probability that a batch is mixed; or a sample or a pair, as `granularity` says.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Blends each image with another one of the batch, and their labels by the same weight.
 *
 * Batch → batch. Labels become λ · own + (1 − λ) · partner's. Bytes are rounded half to even. Shuffle the samples, so
 * that partners are of different classes. Boxes and keypoints are those of both images, the image's own first. Masks
 * are refused: class ids cannot be blended.
 * Zhang et al. 2018, https://arxiv.org/abs/1710.09412
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, mixUp, normalize, randomFlip } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomFlip(), batch(128), mixUp(), normalize())
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function mixUp(options: MixUpOptions = {}): BatchOperator {
  checkOptions('mixUp', options, ['alpha', 'granularity', 'partner', 'p'])
  const { alpha = 1, p = 1 } = options
  checkNumber('mixUp', 'alpha', alpha, { min: 0 })
  const { granularity, partner } = pairing('mixUp', options.granularity, options.partner)
  checkProbability('mixUp', 'p', p)
  return batchStep({ name: 'mixUp', options: { alpha, granularity, partner, p } })
}
