import { checkInteger, checkNumber, checkOptions, checkProbability, checkRange } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link gaussianBlur}. */
export interface GaussianBlurOptions {
  /**
   * Standard deviation in pixels: a number, or a range that it is drawn from.
   * @defaultValue [0.1, 2]
   */
  readonly sigma?: number | readonly [low: number, high: number] | undefined
  /**
   * Width of the filter in pixels, an odd number.
   * @defaultValue three standard deviations to each side
   */
  readonly kernelSize?: number | undefined
  /**
   * Probability that an image is blurred.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Blurs each image by a Gaussian of random width.
 *
 * Sample → sample. Labels stay. Beyond the border the image is mirrored at its last pixels. As torchvision's
 * `GaussianBlur`, which asks for `kernelSize`.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, gaussianBlur } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(gaussianBlur({ sigma: [0.1, 1], p: 0.5 }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function gaussianBlur(options: GaussianBlurOptions = {}): SampleOperator {
  checkOptions('gaussianBlur', options, ['sigma', 'kernelSize', 'p'])
  const { sigma = [0.1, 2], kernelSize, p = 1 } = options
  if (typeof sigma === 'number') checkNumber('gaussianBlur', 'sigma', sigma, { min: 0 })
  else checkRange('gaussianBlur', 'sigma', sigma, { min: 0 })
  if (kernelSize !== undefined) checkOdd(kernelSize)
  checkProbability('gaussianBlur', 'p', p)
  const range = typeof sigma === 'number' ? [sigma, sigma] : [...sigma]
  return sampleStep({ name: 'gaussianBlur', options: { sigma: range, kernelSize, p } })
}

function checkOdd(size: unknown): void {
  checkInteger('gaussianBlur', 'kernelSize', size, { min: 1 })
  if (size % 2 === 1) return
  throw new InvalidOptionError({
    caller: 'gaussianBlur',
    option: 'kernelSize',
    expected: 'an odd number',
    received: size
  })
}
