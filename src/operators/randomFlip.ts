import { checkOneOf, checkOptions, checkProbability } from '../check.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link randomFlip}. */
export interface RandomFlipOptions {
  /**
   * Probability that an image is mirrored.
   * @defaultValue 0.5
   */
  readonly p?: number | undefined
  /**
   * `'horizontal'` exchanges left and right, `'vertical'` top and bottom.
   * @defaultValue 'horizontal'
   */
  readonly direction?: 'horizontal' | 'vertical' | undefined
}

/**
 * Mirrors each image with a given probability.
 *
 * Sample → sample. Labels stay.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomCrop, randomFlip } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(randomCrop(32, { padding: 4 }), randomFlip(), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function randomFlip(options: RandomFlipOptions = {}): SampleOperator {
  checkOptions('randomFlip', options, ['p', 'direction'])
  const { p = 0.5, direction = 'horizontal' } = options
  checkProbability('randomFlip', 'p', p)
  checkOneOf('randomFlip', 'direction', direction, ['horizontal', 'vertical'])
  return sampleStep({ name: 'randomFlip', options: { p, direction } })
}
