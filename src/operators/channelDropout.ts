import { checkOneOf, checkOptions, checkProbability } from '../check.js'
import { coverOption } from './fills.js'
import { checkRate } from './pixelDropout.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link channelDropout}. */
export interface ChannelDropoutOptions {
  /**
   * Probability that a channel is dropped.
   * @defaultValue 0.2
   */
  readonly rate?: number | undefined
  /**
   * Whether one channel, drawn at random, stays where all would be dropped: an image without any has nothing to teach.
   * A channel of c is then dropped with probability rate − rate^c / c, and a grey image stays as it is. With `false`
   * every channel is decided by itself, as in the paper.
   * @defaultValue true
   */
  readonly keepOne?: boolean | undefined
  /**
   * Whether the channels that stay are moved away from the fill by the factor 1 / (1 − rate), so that the expected image
   * is the one that came (with `keepOne: false`). It belongs to activations: bytes beyond 0 and 255 are cut off.
   * @defaultValue false
   */
  readonly scale?: boolean | undefined
  /**
   * What a dropped channel shows: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
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
 * Drops whole channels of an image at random.
 *
 * Sample → sample. Labels, masks, boxes and keypoints stay.
 * Tompson et al. 2015 (spatial dropout), https://arxiv.org/abs/1411.4280, for the image instead of feature maps.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, channelDropout, cifar10, forEachBatch, normalize } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(channelDropout({ rate: 0.1 }), batch(128), normalize())
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function channelDropout(options: ChannelDropoutOptions = {}): SampleOperator {
  checkOptions('channelDropout', options, ['rate', 'keepOne', 'scale', 'fill', 'p'])
  const { rate = 0.2, keepOne = true, scale = false, fill = 'mean', p = 1 } = options
  checkRate('channelDropout', rate, scale)
  checkOneOf('channelDropout', 'keepOne', keepOne, [true, false])
  checkProbability('channelDropout', 'p', p)
  return sampleStep({
    name: 'channelDropout',
    options: { rate, keepOne, scale, fill: coverOption('channelDropout', fill), p }
  })
}
