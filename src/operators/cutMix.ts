import { checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link cutMix}. */
export interface CutMixOptions {
  /**
   * Parameter of Beta(alpha, alpha), from which the share that an image keeps is drawn; 0 never mixes.
   * @defaultValue 1
   */
  readonly alpha?: number | undefined
  /**
   * Probability that a batch is mixed. The authors use 1 for ImageNet and 0.5 for CIFAR.
   * @defaultValue 1
   */
  readonly p?: number | undefined
  /**
   * Who is mixed with whom: a random permutation of the batch, in which a sample may meet itself; the batch in
   * reverse; or each sample's predecessor.
   * @defaultValue 'permutation'
   */
  readonly partner?: 'permutation' | 'reverse' | 'roll' | undefined
  /**
   * Whether labels follow the share of pixels that was replaced in fact, after the box was clipped at the border and
   * rounded to pixels. Otherwise they follow the share that was drawn.
   * @defaultValue true
   */
  readonly correct?: boolean | undefined
}

/**
 * Replaces a random box of each image by the same box of another one of the batch.
 *
 * Batch → batch. Labels become weights: the exact share of pixels from each image. One box serves the whole batch; it
 * has the images' aspect, its centre is anywhere, and it is clipped at the border.
 * Yun et al. 2019, https://arxiv.org/abs/1905.04899
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cutMix, forEachBatch, imageFolder, normalize, randomResizedCrop } from 'millrace'
 *
 * const train = imageFolder('photos/train', { shuffle: true }).pipe(randomResizedCrop(224), batch(64), cutMix(), normalize())
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function cutMix(options: CutMixOptions = {}): BatchOperator {
  checkOptions('cutMix', options, ['alpha', 'p', 'partner', 'correct'])
  const { alpha = 1, p = 1, partner = 'permutation', correct = true } = options
  checkNumber('cutMix', 'alpha', alpha, { min: 0 })
  checkProbability('cutMix', 'p', p)
  checkOneOf('cutMix', 'partner', partner, ['permutation', 'reverse', 'roll'])
  checkOneOf('cutMix', 'correct', correct, [true, false])
  return batchStep({ name: 'cutMix', options: { alpha, p, partner, correct } })
}
