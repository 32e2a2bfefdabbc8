import { checkInteger, checkOptions } from '../check.js'
import { type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link trivialAugmentWide}. */
export interface TrivialAugmentWideOptions extends SamplingOptions {
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
 * Applies one operation, drawn at random from fourteen, at a random strength from wide ranges. There is nothing to tune.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints go along. The operations are those of `randAugment`, with the
 * ranges of torchvision's `TrivialAugmentWide`. Müller, Hutter 2021, https://arxiv.org/abs/2103.10158
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, trivialAugmentWide } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(trivialAugmentWide(), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function trivialAugmentWide(options: TrivialAugmentWideOptions = {}): SampleOperator {
  checkOptions('trivialAugmentWide', options, ['bins', ...samplingNames])
  const { bins = 31 } = options
  const { interpolation = 'nearest', ...others } = options
  const sampling = samplingOptions('trivialAugmentWide', { ...others, interpolation })
  checkInteger('trivialAugmentWide', 'bins', bins, { min: 2 })
  return sampleStep({ name: 'trivialAugmentWide', options: { bins, ...sampling } })
}
