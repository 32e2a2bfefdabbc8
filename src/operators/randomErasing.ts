import { checkOptions, checkProbability, checkRange } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { coverOption } from './fills.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomErasing}. */
export interface RandomErasingOptions {
  /**
   * Smallest and largest area of the rectangle, as a share of the image's.
   * @defaultValue [0.02, 0.33]
   */
  readonly scale?: readonly [low: number, high: number] | undefined
  /**
   * Smallest and largest height of the rectangle, divided by its width.
   * @defaultValue [0.3, 3.3]
   */
  readonly ratio?: readonly [low: number, high: number] | undefined
  /**
   * What the rectangle shows: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
   * image is normalised; a byte, or one for each channel; or `'noise'`, normal around the mean with the data set's
   * standard deviation.
   * @defaultValue 'mean'
   */
  readonly fill?: 'mean' | 'noise' | number | readonly number[] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 0.5
   */
  readonly p?: number | undefined
}

/**
 * Covers a rectangle of random area, aspect and place.
 *
 * Sample → sample. Labels, masks, boxes and keypoints stay. The area is uniform and the aspect log-uniform; the whole
 * rectangle lies within the image, and is lower and narrower than it. After ten rectangles that are not, the image stays
 * as it is.
 * Zhong et al. 2017, https://arxiv.org/abs/1708.04896; the algorithm is that of torchvision's `RandomErasing`.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, normalize, randomErasing } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomErasing(), batch(128), normalize())
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomErasing(options: RandomErasingOptions = {}): SampleOperator {
  checkOptions('randomErasing', options, ['scale', 'ratio', 'fill', 'p'])
  const { scale = [0.02, 0.33], ratio = [0.3, 3.3], fill = 'mean', p = 0.5 } = options
  checkRange('randomErasing', 'scale', scale, { min: 0, max: 1 })
  checkRange('randomErasing', 'ratio', ratio, { min: 0 })
  if (ratio[0] === 0) {
    const expected = 'a pair [low, high] of numbers above 0'
    throw new InvalidOptionError({ caller: 'randomErasing', option: 'ratio', expected, received: ratio })
  }
  checkProbability('randomErasing', 'p', p)
  return sampleStep({
    name: 'randomErasing',
    options: { scale: [...scale], ratio: [...ratio], fill: coverOption('randomErasing', fill), p }
  })
}
