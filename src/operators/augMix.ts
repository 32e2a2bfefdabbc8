import { checkInteger, checkNumber, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link augMix}. */
export interface AugMixOptions extends SamplingOptions {
  /**
   * Strength of the operations, from 1 to 10.
   * @defaultValue 3
   */
  readonly severity?: number | undefined
  /**
   * Versions that are mixed with the image.
   * @defaultValue 3
   */
  readonly width?: number | undefined
  /**
   * Operations that make a version; -1 draws 1, 2 or 3 for each.
   * @defaultValue -1
   */
  readonly depth?: number | undefined
  /**
   * Parameter of the Beta and Dirichlet distributions of the weights.
   * @defaultValue 1
   */
  readonly alpha?: number | undefined
}

/**
 * Mixes each image with several versions of itself, each made by a short chain of random operations.
 *
 * Sample → sample. Labels stay. Masks, boxes and keypoints are refused, because the versions are moved differently. The
 * operations are those of `randAugment` but for `identity`, with the ranges of torchvision's `AugMix`; the mean is rounded
 * half to even. The consistency loss of the paper is the training loop's part. Hendrycks et al. 2020, https://arxiv.org/abs/1912.02781
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { augMix, batch, cifar10, forEachBatch } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(augMix({ severity: 3 }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function augMix(options: AugMixOptions = {}): SampleOperator {
  checkOptions('augMix', options, ['severity', 'width', 'depth', 'alpha', ...samplingNames])
  const { severity = 3, width = 3, depth = -1, alpha = 1 } = options
  const sampling = samplingOptions('augMix', options)
  checkInteger('augMix', 'severity', severity, { min: 1, max: 10 })
  checkInteger('augMix', 'width', width, { min: 1 })
  checkInteger('augMix', 'depth', depth, { min: -1 })
  if (depth === 0) {
    const expected = 'at least 1, or -1 for a random number of operations'
    throw new InvalidOptionError({ caller: 'augMix', option: 'depth', expected, received: depth })
  }
  checkNumber('augMix', 'alpha', alpha, { min: Number.MIN_VALUE })
  return sampleStep({ name: 'augMix', options: { severity, width, depth, alpha, ...sampling } })
}
