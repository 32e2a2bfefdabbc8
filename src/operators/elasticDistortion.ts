import { checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link elasticDistortion}. */
export interface ElasticDistortionOptions extends SamplingOptions {
  /**
   * Strength, in pixels that noise of 1 displaces by. Far from the border, displacements have a standard deviation of
   * 0.163 · alpha / sigma pixels. With alpha / sigma² above 2 the image begins to fold over itself.
   * @defaultValue 34
   */
  readonly alpha?: number | undefined
  /**
   * Smoothness: standard deviation of the Gaussian that blurs the noise, in pixels. Small values jitter, 4 to 8 bend,
   * large ones shift.
   * @defaultValue 4
   */
  readonly sigma?: number | undefined
  /**
   * What the blur meets beyond the border: `'zero'`, so that displacements fade towards it, or the noise mirrored
   * (`'reflect'`), so that they grow. The paper does not say.
   * @defaultValue 'zero'
   */
  readonly blurBorder?: 'zero' | 'reflect' | undefined
  /**
   * `affineDisplacement(…)`, whose field is added to the elastic one, so that the image is sampled once.
   * @defaultValue none
   */
  readonly affine?: SampleOperator | undefined
  /**
   * Probability that an image is distorted.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Bends each image by a smooth random displacement field: noise from −1 to 1 for each pixel and axis, blurred by a
 * Gaussian, times `alpha`.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints move along. Pixels of the result are sampled from the image at
 * the displaced places (backward). The defaults are the paper's best for digits of 29×29 pixels; larger images want
 * larger values of both. Numbers of other libraries mean other things: torchvision halves `alpha`, albumentations
 * scales noise by its maximum, Keras by sigma.
 * Simard, Steinkraus, Platt 2003, "Best practices for convolutional neural networks applied to visual document analysis"
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { affineDisplacement, batch, elasticDistortion, forEachBatch, mnist } from 'millrace'
 *
 * const affine = affineDisplacement({ rotate: 8, scale: [0.9, 1.1] })
 * const train = mnist({ split: 'train', shuffle: true }).pipe(elasticDistortion({ alpha: 34, sigma: 4, affine }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function elasticDistortion(options: ElasticDistortionOptions = {}): SampleOperator {
  const name = 'elasticDistortion'
  checkOptions(name, options, ['alpha', 'sigma', 'blurBorder', 'affine', 'p', ...samplingNames])
  const { alpha = 34, sigma = 4, blurBorder = 'zero', affine, p = 1 } = options
  checkNumber(name, 'alpha', alpha, { min: 0 })
  checkNumber(name, 'sigma', sigma, { min: 0, max: 1000 })
  checkOneOf(name, 'blurBorder', blurBorder, ['zero', 'reflect'])
  checkProbability(name, 'p', p)
  if (affine !== undefined && affine?.step?.name !== 'affineDisplacement') {
    throw new InvalidOptionError({
      caller: name,
      option: 'affine',
      expected: 'affineDisplacement(…)',
      received: affine
    })
  }
  const sampling = samplingOptions(name, options)
  return sampleStep({ name, options: { alpha, sigma, blurBorder, affine: affine?.step.options, p, ...sampling } })
}
