import { checkNumber, checkOptions, checkProbability } from '../check.js'
import { type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomPerspective}. */
export interface RandomPerspectiveOptions extends SamplingOptions {
  /**
   * How far corners move inward at most, as a share of half the image's width and height.
   * @defaultValue 0.5
   */
  readonly distortionScale?: number | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 0.5
   */
  readonly p?: number | undefined
}

/**
 * Shows each image as if it were seen from another side: its corners move inward, each to a random place.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints move along. Each corner moves by whole pixels along both
 * axes, all places equally likely. As torchvision's `RandomPerspective`; but corners that form no convex quadrilateral,
 * as may happen above a `distortionScale` of 0.76, are drawn again, and after ten such draws the image stays as it is.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomPerspective } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomPerspective({ distortionScale: 0.3 }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomPerspective(options: RandomPerspectiveOptions = {}): SampleOperator {
  checkOptions('randomPerspective', options, ['distortionScale', 'p', ...samplingNames])
  const { distortionScale = 0.5, p = 0.5 } = options
  checkNumber('randomPerspective', 'distortionScale', distortionScale, { min: 0, max: 1 })
  checkProbability('randomPerspective', 'p', p)
  return sampleStep({
    name: 'randomPerspective',
    options: { distortionScale, p, ...samplingOptions('randomPerspective', options) }
  })
}
