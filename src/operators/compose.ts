import { stepsOf } from './parts.js'
import { type SampleOperator, sampleStep } from './steps.js'

/**
 * Makes one operator of several, to be given to `oneOf` or `sometimes`, or to have a name of its own.
 *
 * Sample → sample. Labels, masks, boxes and keypoints become what the operators make of them. In a pipeline, `pipe` of
 * RxJS does the same.
 *
 * @param operators operators for images, in order; those that need other samples (`samplePairing`, `mosaic`) cannot be
 * among them
 *
 * @throws {@link InvalidOptionError} where an argument is no such operator
 *
 * @example
 * ```ts
 * import { batch, cifar10, compose, cutout, forEachBatch, oneOf, randomCrop, randomFlip } from 'millrace'
 *
 * const shifted = compose(randomCrop(32, { padding: 4 }), randomFlip())
 * const train = cifar10({ split: 'train' }).pipe(oneOf([shifted, cutout()]), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function compose(...operators: readonly SampleOperator[]): SampleOperator {
  return sampleStep({ name: 'compose', options: { steps: stepsOf('compose', operators, 'sample') } })
}
