import { checkInteger, checkOptions } from '../check.js'
import { type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randAugment}. */
export interface RandAugmentOptions extends SamplingOptions {
  /**
   * Operations for each image.
   * @defaultValue 2
   */
  readonly n?: number | undefined
  /**
   * Strength of all of them, from 0 to `bins - 1`.
   * @defaultValue 9
   */
  readonly magnitude?: number | undefined
  /**
   * Magnitudes there are.
   * @defaultValue 31
   */
  readonly bins?: number | undefined
  /**
   * How shears, shifts and rotations sample: the nearest pixel, the mean of 2×2 pixels, or of 4×4 (Catmull–Rom). Masks
   * get the nearest always.
   * @defaultValue 'nearest'
   */
  readonly interpolation?: 'nearest' | 'bilinear' | 'bicubic' | undefined
}

/**
 * Applies a few operations, drawn at random from fourteen, at one strength.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints go along. The operations are shears, shifts, rotation,
 * brightness, colour, contrast, sharpness, posterize, solarize, autocontrast, equalize and none, with the ranges and
 * defaults of torchvision's `RandAugment`. Images that are not RGB have no colours that could be changed; all other
 * operations treat each channel alike. Cubuk et al. 2020, https://arxiv.org/abs/1909.13719
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randAugment } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(randAugment({ n: 2, magnitude: 9 }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randAugment(options: RandAugmentOptions = {}): SampleOperator {
  checkOptions('randAugment', options, ['n', 'magnitude', 'bins', ...samplingNames])
  const { n = 2, magnitude = 9, bins = 31 } = options
  const { interpolation = 'nearest', ...others } = options
  const sampling = samplingOptions('randAugment', { ...others, interpolation })
  checkInteger('randAugment', 'n', n)
  checkInteger('randAugment', 'bins', bins, { min: 2 })
  checkInteger('randAugment', 'magnitude', magnitude, { max: bins - 1 })
  return sampleStep({ name: 'randAugment', options: { n, magnitude, bins, ...sampling } })
}
