import { checkOptions, checkProbability } from '../check.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link grayscale}. */
export interface GrayscaleOptions {
  /**
   * Probability that an image loses its colours.
   * @defaultValue 0.1
   */
  readonly p?: number | undefined
}

/**
 * Takes the colours out of each image with a given probability.
 *
 * Sample → sample. Labels stay, and so does the number of channels; images that are not RGB stay as they are. Grey is
 * 0.299 R + 0.587 G + 0.114 B, rounded down. As torchvision's `RandomGrayscale`.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, grayscale } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(grayscale({ p: 0.2 }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function grayscale(options: GrayscaleOptions = {}): SampleOperator {
  checkOptions('grayscale', options, ['p'])
  const { p = 0.1 } = options
  checkProbability('grayscale', 'p', p)
  return sampleStep({ name: 'grayscale', options: { p } })
}
