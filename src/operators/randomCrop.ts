import { checkInteger, checkOneOf, checkOptions } from '../check.js'
import { fillOption, sizeOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomCrop}. */
export interface RandomCropOptions {
  /**
   * Pixels added on each side before the crop is chosen.
   * @defaultValue 0
   */
  readonly padding?: number | undefined
  /**
   * Colour of the padding: a byte, or one for each channel.
   * @defaultValue 0
   */
  readonly fill?: number | readonly number[] | undefined
  /**
   * What the padding shows: one colour, the image mirrored (its last pixel not repeated), or its last pixel again.
   * @defaultValue 'constant'
   */
  readonly mode?: 'constant' | 'reflect' | 'edge' | undefined
}

/**
 * Cuts a rectangle out of each image, at a random place.
 *
 * Sample → sample. Labels stay. All places are equally likely, as in torchvision's `RandomCrop`. An image that is
 * smaller than the crop, padding included, is an error.
 *
 * @param size side of a square in pixels, or `[height, width]`
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomCrop, randomFlip } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomCrop(32, { padding: 4 }), randomFlip(), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomCrop(
  size: number | readonly [height: number, width: number],
  options: RandomCropOptions = {}
): SampleOperator {
  checkOptions('randomCrop', options, ['padding', 'fill', 'mode'])
  const { padding = 0, fill = 0, mode = 'constant' } = options
  checkInteger('randomCrop', 'padding', padding)
  checkOneOf('randomCrop', 'mode', mode, ['constant', 'reflect', 'edge'])
  return sampleStep({
    name: 'randomCrop',
    options: { size: sizeOption('randomCrop', size), padding, fill: fillOption('randomCrop', fill), mode }
  })
}
