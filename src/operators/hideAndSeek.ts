import { checkInteger, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { coverOption } from './fills.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link hideAndSeek}. */
export interface HideAndSeekOptions {
  /**
   * Side of the patches in pixels, or a list from which one is drawn for each image; 0 hides nothing. The authors' code
   * for 224 pixels has `[0, 16, 32, 44, 56]`.
   * @defaultValue a quarter of the image's shorter side: 56 for 224 pixels
   */
  readonly size?: number | readonly number[] | undefined
  /**
   * Probability that a patch is hidden.
   * @defaultValue 0.5
   */
  readonly rate?: number | undefined
  /**
   * What a hidden patch shows: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
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
}

/**
 * Divides an image into patches, and hides each of them at random.
 *
 * Sample → sample. Labels, masks, boxes and keypoints stay. Patches at the right and lower border are smaller where the
 * side does not divide the image's. The mean colour keeps the first layers' statistics, as the authors show.
 * Singh, Lee 2017, https://arxiv.org/abs/1704.04232
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, hideAndSeek, normalize } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(hideAndSeek({ size: [0, 4, 8] }), batch(128), normalize())
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function hideAndSeek(options: HideAndSeekOptions = {}): SampleOperator {
  checkOptions('hideAndSeek', options, ['size', 'rate', 'fill', 'p'])
  const { size, rate = 0.5, fill = 'mean', p = 1 } = options
  checkProbability('hideAndSeek', 'rate', rate)
  checkProbability('hideAndSeek', 'p', p)
  return sampleStep({
    name: 'hideAndSeek',
    options: {
      size: size === undefined ? 'quarter' : sizesOption(size),
      rate,
      fill: coverOption('hideAndSeek', fill),
      p
    }
  })
}

function sizesOption(size: unknown): readonly number[] {
  if (!Array.isArray(size)) {
    checkInteger('hideAndSeek', 'size', size, { hint: 'Give one side, or a list of them.' })
    return [size]
  }
  if (size.length === 0) {
    const expected = 'a side in pixels, or a list of them'
    throw new InvalidOptionError({ caller: 'hideAndSeek', option: 'size', expected, received: size })
  }
  return size.map((side: unknown, i) => {
    checkInteger('hideAndSeek', `size[${i}]`, side)
    return side
  })
}
