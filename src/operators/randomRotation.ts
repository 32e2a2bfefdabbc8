import { checkOptions, checkProbability } from '../check.js'
import { centerOption, rangeOption, type SamplingOptions, samplingNames, samplingOptions } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomRotation}. */
export interface RandomRotationOptions extends SamplingOptions {
  /**
   * The point `[x, y]` about which is turned, in pixels from the top left corner; the image's middle unless given.
   */
  readonly center?: readonly [x: number, y: number] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Turns each image by a random angle. Its size stays; corners that leave the image are cut off.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints move along. The angle is uniform. As torchvision's
 * `RandomRotation` without `expand`, but bilinear unless told otherwise.
 *
 * @param degrees range `[low, high]` of the angle, counter-clockwise, within [-360, 360]; one number reaches as far to both sides
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomRotation } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomRotation(15, { border: 'reflect' }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomRotation(
  degrees: number | readonly [low: number, high: number],
  options: RandomRotationOptions = {}
): SampleOperator {
  checkOptions('randomRotation', options, ['center', 'p', ...samplingNames])
  const range = rangeOption('randomRotation', 'degrees', degrees, { min: -360, max: 360 })
  const { center, p = 1 } = options
  checkProbability('randomRotation', 'p', p)
  return sampleStep({
    name: 'randomRotation',
    options: {
      degrees: range,
      center: centerOption('randomRotation', center),
      p,
      ...samplingOptions('randomRotation', options)
    }
  })
}
