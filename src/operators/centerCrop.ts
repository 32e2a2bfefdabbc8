import { sizeOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/**
 * Cuts out the middle of each image.
 *
 * Sample → sample. Labels stay. An image that is smaller gets a black border, as in torchvision's `CenterCrop`.
 *
 * @param size side of a square in pixels, or `[height, width]`
 * @throws {@link InvalidOptionError} where the size is no whole number of at least 1
 *
 * @example
 * ```ts
 * import { batch, centerCrop, forEachBatch, imageFolder, resize } from 'millrace'
 *
 * const validation = imageFolder('photos/validation').pipe(resize(256), centerCrop(224), batch(64))
 * await forEachBatch(validation, ({ shape }) => console.log(shape))
 * ```
 */
export function centerCrop(size: number | readonly [height: number, width: number]): SampleOperator {
  return sampleStep({ name: 'centerCrop', options: { size: sizeOption('centerCrop', size) } })
}
