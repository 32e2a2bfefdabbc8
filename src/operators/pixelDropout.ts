import { checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { coverOption } from './fills.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link pixelDropout}. */
export interface PixelDropoutOptions {
  /**
   * Share of the pixels that is dropped. (The paper's p is what is kept: it keeps 0.8 of a network's inputs.)
   * @defaultValue 0.2
   */
  readonly rate?: number | undefined
  /**
   * Whether each value of each channel is dropped by itself, as the paper does, and not whole pixels.
   * @defaultValue false
   */
  readonly perChannel?: boolean | undefined
  /**
   * Whether what stays is moved away from the fill by the factor 1 / (1 − rate), so that the expected image is the one
   * that came; with `fill: 0` that is byte / (1 − rate). It belongs to activations, which have no largest value: bytes
   * beyond 0 and 255 are cut off, so bright images lose contrast.
   * @defaultValue false
   */
  readonly scale?: boolean | undefined
  /**
   * What stands in place of what is dropped: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
   * image is normalised; a byte, or one for each channel; or `'noise'`, normal around the mean with the data set's
   * standard deviation.
   * @defaultValue 'mean'
   */
  readonly fill?: 'mean' | 'noise' | number | readonly number[] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Drops pixels at random.
 *
 * Sample → sample. Labels, masks, boxes and keypoints stay. Every pixel (or value) is decided by itself.
 * Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, https://jmlr.org/papers/v15/srivastava14a.html, for the
 * inputs of a network.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, normalize, pixelDropout } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(pixelDropout({ rate: 0.1 }), batch(128), normalize())
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function pixelDropout(options: PixelDropoutOptions = {}): SampleOperator {
  checkOptions('pixelDropout', options, ['rate', 'perChannel', 'scale', 'fill', 'p'])
  const { rate = 0.2, perChannel = false, scale = false, fill = 'mean', p = 1 } = options
  checkRate('pixelDropout', rate, scale)
  checkOneOf('pixelDropout', 'perChannel', perChannel, [true, false])
  checkProbability('pixelDropout', 'p', p)
  return sampleStep({
    name: 'pixelDropout',
    options: { rate, perChannel, scale, fill: coverOption('pixelDropout', fill), p }
  })
}

/** Refuses a rate that is no share, and to scale where nothing stays. */
export function checkRate(caller: string, rate: unknown, scale: unknown): void {
  const hint = 'It is the share that is dropped, not the share that is kept.'
  checkNumber(caller, 'rate', rate, { min: 0, max: 1, hint })
  checkOneOf(caller, 'scale', scale, [true, false])
  if (!scale || rate < 1) return
  throw new InvalidOptionError({ caller, option: 'rate', expected: 'below 1 where `scale` is true', received: rate })
}
