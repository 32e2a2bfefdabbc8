import { checkInteger } from '../check.js'
import { type SampleOperator, sampleStep } from './steps.js'

/**
 * Makes tuples of images of one class: `k` inputs and one target, for a network that learns to merge images.
 *
 * Sample → sample with (k + 1) × channels: the first k × channels are the inputs in the order in which they were drawn,
 * beginning with the sample itself; the last ones are the target. All come from the source's own subset and, while the
 * class has k + 1 images or more, no two are the same; in a smaller class all images are used before one is used again,
 * and a class of one repeats it. The label stays. Each sample is a first input once an epoch, so classes come as often
 * as they do in the data set. The others go through the same steps before this one, with draws of their own.
 * Lemley et al. 2017, https://arxiv.org/abs/1703.08383; see `smartAugmentation`.
 *
 * @param k inputs, at least 1
 * @defaultValue 2
 *
 * @throws {@link InvalidOptionError} where `k` cannot be used
 * @throws {@link OperatorError} through the Observable, where the source is a stream, which has no other samples, or
 * does not know its classes beforehand
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, sameClassTuples } from 'millrace'
 *
 * const tuples = cifar10({ split: 'train', shuffle: true }).pipe(sameClassTuples(2), batch(64))
 * await forEachBatch(tuples, ({ shape }) => console.log(shape)) // 64, 32, 32, 9
 * ```
 */
export function sameClassTuples(k = 2): SampleOperator {
  checkInteger('sameClassTuples', 'k', k, { min: 1, max: 64 })
  return sampleStep({ name: 'sameClassTuples', options: { k } })
}
