import { checkInteger, checkOptions, checkProbability } from '../check.js'
import type { PairingSchedule } from '../kernels/samplePairing.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link samplePairing}. */
export interface SamplePairingOptions {
  /**
   * Probability that an image is paired, in an epoch that pairs.
   * @defaultValue 1
   */
  readonly p?: number | undefined
  /**
   * In which epochs images are paired, counted from 0: none before `from` and none from `to` on; between them `on`
   * epochs with pairing and `off` epochs without, in turn. The paper has 100, 800, 8, 2 of 1,000 epochs for CIFAR-10.
   * @defaultValue every epoch
   */
  readonly schedule?: SamplePairingSchedule | undefined
}

/** In which epochs {@link samplePairing} pairs images. */
export interface SamplePairingSchedule {
  readonly from: number
  readonly to: number
  /** @defaultValue 8 */
  readonly on?: number | undefined
  /** @defaultValue 2 */
  readonly off?: number | undefined
}

/**
 * Averages each image with one drawn from the whole data set. The label stays that of the first, though half of what
 * is seen is another image.
 *
 * Sample → sample. The partner goes through the same steps before this one, with draws of its own, so put cropping and
 * flipping before it. Averages that end in a half are rounded to the even number. Masks, boxes and keypoints stay
 * those of the first. Without the schedule, and a last phase of training without pairing, the paper's results are not
 * to be expected. Inoue 2018, https://arxiv.org/abs/1801.02929
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 * @throws {@link OperatorError} through the Observable, where the source is a stream, which has no other samples
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomCrop, randomFlip, samplePairing } from 'millrace'
 *
 * const schedule = { from: 100, to: 800, on: 8, off: 2 }
 * const train = cifar10({ split: 'train', shuffle: true, epochs: 1000 }).pipe(
 *   randomCrop(32, { padding: 4 }),
 *   randomFlip(),
 *   samplePairing({ schedule }),
 *   batch(128)
 * )
 * await forEachBatch(train, ({ epoch, images }) => console.log(epoch, images.length))
 * ```
 */
export function samplePairing(options: SamplePairingOptions = {}): SampleOperator {
  checkOptions('samplePairing', options, ['p', 'schedule'])
  const { p = 1, schedule } = options
  checkProbability('samplePairing', 'p', p)
  return sampleStep({ name: 'samplePairing', options: { p, schedule: schedule && checkSchedule(schedule) } })
}

function checkSchedule(schedule: SamplePairingSchedule): PairingSchedule {
  checkOptions('samplePairing: schedule', schedule, ['from', 'to', 'on', 'off'])
  const { from, to, on = 8, off = 2 } = schedule
  checkInteger('samplePairing', 'schedule.from', from)
  checkInteger('samplePairing', 'schedule.to', to, { min: from })
  checkInteger('samplePairing', 'schedule.on', on, { min: 1 })
  checkInteger('samplePairing', 'schedule.off', off)
  return { from, to, on, off }
}
