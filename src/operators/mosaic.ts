import { checkOptions, checkProbability, checkRange } from '../check.js'
import { sizeOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link mosaic}. */
export interface MosaicOptions {
  /**
   * Range of the place where the four images meet, as a share of each side.
   * @defaultValue [0.25, 0.75]
   */
  readonly center?: readonly [low: number, high: number] | undefined
  /**
   * Probability of four images. Otherwise the image alone fills the result, cut from its middle.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Puts each image and three others of the data set around a random centre.
 *
 * Sample → sample of the given size. Each image is scaled, with its aspect, so that it would fill the result, and shows
 * the part next to its corner at the centre: the first is at the top left. Masks, boxes and keypoints of all four come
 * along, cut to their quarters; a class label stays that of the first, so mosaic is meant for detection and
 * segmentation. The others go through the same steps before this one, with draws of their own.
 * Bochkovskiy, Wang, Liao 2020, https://arxiv.org/abs/2004.10934
 *
 * @param size height and width of the result, in pixels, or one number for both
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 * @throws {@link OperatorError} through the Observable, where the source is a stream, which has no other samples
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, mosaic } from 'millrace'
 *
 * const train = cifar10({ split: 'train', shuffle: true }).pipe(mosaic(64), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape)) // 128, 64, 64, 3
 * ```
 */
export function mosaic(
  size: number | readonly [height: number, width: number],
  options: MosaicOptions = {}
): SampleOperator {
  const pair = sizeOption('mosaic', size)
  checkOptions('mosaic', options, ['center', 'p'])
  const { center = [0.25, 0.75], p = 1 } = options
  checkRange('mosaic', 'center', center, { min: 0, max: 1 })
  checkProbability('mosaic', 'p', p)
  return sampleStep({ name: 'mosaic', options: { size: pair, center: [...center], p } })
}
