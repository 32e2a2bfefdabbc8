import { checkInteger, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { coverOption } from './fills.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link cutout}. */
export interface CutoutOptions {
  /**
   * Side of the square in pixels. The authors use 16 for CIFAR-10, 8 for CIFAR-100 and 20 for SVHN (32 × 32 pixels).
   * @defaultValue half the image's shorter side: 16 for 32 pixels, 112 for 224
   */
  readonly size?: number | undefined
  /**
   * How many squares, each drawn by itself; they may overlap.
   * @defaultValue 1
   */
  readonly count?: number | undefined
  /**
   * What the square shows: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
   * image is normalised; a byte, or one for each channel; or `'noise'`, normal around the mean with the data set's
   * standard deviation.
   * @defaultValue 'mean'
   */
  readonly fill?: 'mean' | 'noise' | number | readonly number[] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
  /**
   * Whether an odd `size` is kept. The authors' Python code makes the side even: 2 ⌊size / 2⌋. Their Lua code has squares
   * of 17 where it says 8: that is `size: 17` with `exact`.
   * @defaultValue false
   */
  readonly exact?: boolean | undefined
  /**
   * Whether the whole square lies within the image. Otherwise its centre does, and it may reach over the border, which
   * the authors found important; their other variant is `inside` with a `p` of 0.5.
   * @defaultValue false
   */
  readonly inside?: boolean | undefined
}

/**
 * Covers a random square of each image.
 *
 * Sample → sample. Labels stay, and so do masks, boxes and keypoints: what is covered is still there. Place it after the
 * crops and flips.
 * DeVries, Taylor 2017, https://arxiv.org/abs/1708.04552
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, cutout, forEachBatch, normalize, randomCrop, randomFlip } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(
 *   randomCrop(32, { padding: 4 }),
 *   randomFlip(),
 *   cutout({ size: 16 }),
 *   batch(128),
 *   normalize()
 * )
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function cutout(options: CutoutOptions = {}): SampleOperator {
  checkOptions('cutout', options, ['size', 'count', 'fill', 'p', 'exact', 'inside'])
  const { size, count = 1, fill = 'mean', p = 1, exact = false, inside = false } = options
  if (size !== undefined) checkInteger('cutout', 'size', size)
  checkInteger('cutout', 'count', count)
  checkProbability('cutout', 'p', p)
  checkOneOf('cutout', 'exact', exact, [true, false])
  checkOneOf('cutout', 'inside', inside, [true, false])
  return sampleStep({
    name: 'cutout',
    options: { size: size ?? 'half', count, fill: coverOption('cutout', fill), p, exact, inside }
  })
}
