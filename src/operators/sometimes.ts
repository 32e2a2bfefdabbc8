import { checkProbability } from '../check.js'
import { stepsOf } from './parts.js'
import { type SampleOperator, sampleStep } from './steps.js'

/**
 * Applies operators with a given probability: all of them, or none.
 *
 * Sample → sample. Labels, masks, boxes and keypoints become what the operators make of them. As
 * torchvision's `RandomApply`.
 *
 * @param p the probability
 * @param operators operators for images, in order; those that need other samples (`samplePairing`, `mosaic`) cannot be
 * among them
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, cutout, forEachBatch, randomFlip, sometimes } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(sometimes(0.3, randomFlip({ direction: 'vertical' }), cutout()), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function sometimes(p: number, ...operators: readonly SampleOperator[]): SampleOperator {
  checkProbability('sometimes', 'p', p)
  return sampleStep({ name: 'sometimes', options: { p, steps: stepsOf('sometimes', operators, 'sample') } })
}
