import { checkInteger, checkOneOf, checkOptions } from '../check.js'
import { sizeOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link resize}. */
export interface ResizeOptions {
  /**
   * How pixels are weighed. `'bilinear'` is a triangle filter that widens when it shrinks an image, so that nothing
   * aliases.
   * @defaultValue 'bilinear'
   */
  readonly filter?: 'bilinear' | undefined
  /**
   * Large JPEG photos that end much smaller are shrunk while they are decoded, where that is faster: from about 6 times
   * the size of the result on, which changes their pixels by 1 to 2 grey levels on average. `true` decodes them in full.
   * @defaultValue false
   */
  readonly exact?: boolean | undefined
}

/**
 * Scales each image.
 *
 * Sample → sample. Labels stay.
 *
 * The result equals that of Pillow's `resize` with `BILINEAR`, and that of torchvision's with `antialias=True`, to one
 * grey level.
 *
 * @param size length of the shorter side in pixels, with the aspect kept; or `[height, width]`
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
export function resize(
  size: number | readonly [height: number, width: number],
  options: ResizeOptions = {}
): SampleOperator {
  checkOptions('resize', options, ['filter', 'exact'])
  const { filter = 'bilinear', exact = false } = options
  checkOneOf('resize', 'filter', filter, ['bilinear'])
  checkOneOf('resize', 'exact', exact, [false, true])
  if (typeof size === 'number') checkInteger('resize', 'size', size, { min: 1 })
  const side = typeof size === 'number' ? size : sizeOption('resize', size)
  return sampleStep({ name: 'resize', options: { size: side, ...(exact && { exact }) } })
}
