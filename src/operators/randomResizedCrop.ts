import { checkOneOf, checkOptions, checkRange } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { sizeOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomResizedCrop}. */
export interface RandomResizedCropOptions {
  /**
   * Smallest and largest area of the part, as a share of the image's.
   * @defaultValue [0.08, 1]
   */
  readonly scale?: readonly [low: number, high: number] | undefined
  /**
   * Smallest and largest width of the part, divided by its height.
   * @defaultValue [3 / 4, 4 / 3]
   */
  readonly ratio?: readonly [low: number, high: number] | undefined
  /**
   * Large JPEG photos that end much smaller are shrunk while they are decoded, where that is faster: from about 6 times
   * the size of the result on, which changes their pixels by 1 to 2 grey levels on average. `true` decodes them in full.
   * @defaultValue false
   */
  readonly exact?: boolean | undefined
}

/**
 * Cuts out a part of random area and aspect, and scales it.
 *
 * Sample → sample. Labels stay. The area is uniform and the aspect log-uniform; after ten parts that did not fit, the
 * largest one in the middle whose aspect is allowed. Scaling is bilinear and antialiased, as in {@link resize}.
 * Szegedy et al. 2015, https://arxiv.org/abs/1409.4842; the algorithm is that of torchvision's `RandomResizedCrop`.
 *
 * @param size side of the square result in pixels, or `[height, width]`
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, forEachBatch, imageFolder, randomFlip, randomResizedCrop } from 'millrace'
 *
 * const train = imageFolder('photos/train', { shuffle: true }).pipe(randomResizedCrop(224), randomFlip(), batch(64))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomResizedCrop(
  size: number | readonly [height: number, width: number],
  options: RandomResizedCropOptions = {}
): SampleOperator {
  checkOptions('randomResizedCrop', options, ['scale', 'ratio', 'exact'])
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], exact = false } = options
  checkRange('randomResizedCrop', 'scale', scale, { min: 0, max: 1 })
  checkPositive('scale', scale)
  checkRange('randomResizedCrop', 'ratio', ratio, { min: 0 })
  checkPositive('ratio', ratio)
  checkOneOf('randomResizedCrop', 'exact', exact, [false, true])
  return sampleStep({
    name: 'randomResizedCrop',
    options: {
      size: sizeOption('randomResizedCrop', size),
      scale: [...scale],
      ratio: [...ratio],
      ...(exact && { exact })
    }
  })
}

function checkPositive(option: string, value: readonly [number, number]): void {
  if (value[0] > 0) return
  throw new InvalidOptionError({
    caller: 'randomResizedCrop',
    option,
    expected: 'a pair [low, high] of numbers above 0',
    received: value
  })
}
