import { checkNumber, checkOneOf, checkOptions, checkProbability, checkRange } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { pairing } from './granularity.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link cutMix}. */
export interface CutMixOptions {
  /**
   * Parameter of Beta(alpha, alpha), from which the share that an image keeps is drawn; 0 never mixes.
   * @defaultValue 1
   */
  readonly alpha?: number | undefined
  /**
   * Probability that a batch is mixed; or a sample or a pair, as `granularity` says. The authors use 1 for ImageNet and
   * 0.5 for CIFAR.
   * @defaultValue 1
   */
  readonly p?: number | undefined
  /**
   * Whether one box is drawn for the batch, as the authors do, one for each sample, or one for each pair: a sample and
   * its partner in the reversed batch, which swap that box. timm calls them `batch`, `elem` and `pair`.
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
   * Whether labels follow the share of pixels that was replaced in fact, after the box was clipped at the border and
   * rounded to pixels. Otherwise they follow the share that was drawn.
   * @defaultValue true
   */
  readonly correct?: boolean | undefined
  /**
   * Least and greatest side of the box, as shares of the image's sides. Height and width are then drawn one by one, all
   * whole numbers in between equally likely, and the box is anywhere inside of the image. It takes the place of `alpha`.
   * Like timm's `cutmix_minmax`, for which 0.2 to 0.3 and 0.8 to 0.9 are usual.
   * @defaultValue none: the authors' box
   */
  readonly minMax?: readonly [low: number, high: number] | undefined
}

/**
 * Replaces a random box of each image by the same box of another one of the batch.
 *
 * Batch → batch. Labels become weights: the exact share of pixels from each image. One box serves the whole batch; it
 * has the images' aspect, its centre is anywhere, and it is clipped at the border.
 *
 * Masks are cut as the images are. An image's own bounding boxes stay where a quarter of them or more is still seen, cut
 * down where what is seen is a rectangle; the partner's are cut at the border of the pasted box, and come along where a
 * quarter or more is inside. Keypoints that are covered have `visible: false`; the partner's come along from inside.
 *
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
  checkOptions('cutMix', options, ['alpha', 'p', 'granularity', 'partner', 'correct', 'minMax'])
  const { alpha = 1, p = 1, correct = true, minMax } = options
  checkNumber('cutMix', 'alpha', alpha, { min: 0 })
  checkProbability('cutMix', 'p', p)
  const { granularity, partner } = pairing('cutMix', options.granularity, options.partner)
  checkOneOf('cutMix', 'correct', correct, [true, false])
  if (minMax !== undefined) checkMinMax(minMax, options)
  const sides = minMax && ([minMax[0], minMax[1]] as const)
  return batchStep({ name: 'cutMix', options: { alpha, p, granularity, partner, correct, minMax: sides } })
}

/** With sides of its own a box has no drawn share, from Beta(alpha, alpha), that labels could follow. */
function checkMinMax(minMax: unknown, { alpha, correct }: CutMixOptions): void {
  checkRange('cutMix', 'minMax', minMax, { min: 0, max: 1 })
  for (const [option, value] of Object.entries({ alpha, correct: correct === false ? false : undefined })) {
    if (value === undefined) continue
    throw new InvalidOptionError({
      caller: 'cutMix',
      option,
      expected: option === 'alpha' ? 'absent where there is `minMax`' : 'true where there is `minMax`',
      received: value,
      hint: 'Leave out one of the two.'
    })
  }
}
