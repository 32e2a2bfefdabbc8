import { type MonoTypeOperatorFunction, map } from 'rxjs'
import type { BatchPlan, Normalization } from '../batch.js'
import { checkOptions } from '../check.js'
import { InvalidOptionError, OperatorError } from '../errors.js'
import { imageNet } from '../kernels/normalize.js'
import type { SourceInfo } from '../sample.js'
import { channelsOption } from './options.js'
import { refuseTwice } from './refuseTwice.js'
import { appender } from './steps.js'

/** Options of {@link normalize}: both or neither. */
export interface NormalizeOptions {
  /**
   * Mean of each channel in [0, 1], or one number for all.
   * @defaultValue the source's, else ImageNet's
   */
  readonly mean?: readonly number[] | undefined
  /**
   * Standard deviation of each channel in [0, 1], or one number for all.
   * @defaultValue the source's, else ImageNet's
   */
  readonly std?: readonly number[] | undefined
}

/**
 * Makes numbers of mean 0 and deviation 1 of the bytes: (byte / 255 − mean) / std.
 *
 * Batch → batch of `float32`. Labels stay. It may stand anywhere among the batch operators. Twice in one pipeline is
 * an error. Grey images without known numbers take the averages of ImageNet's.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used, or only one of them is given
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, normalize } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(batch(128), normalize())
 * await forEachBatch(train, ({ images }) => console.log(images.subarray(0, 3)))
 * ```
 */
export function normalize(options: NormalizeOptions = {}): MonoTypeOperatorFunction<BatchPlan> {
  const given = checkNormalization(options)
  return source => {
    const appenders = new WeakMap<SourceInfo, ReturnType<typeof appender>>()
    return source.pipe(
      map(plan => {
        for (const name of ['normalize', 'batchNormalization']) {
          refuseTwice(name, plan, 'a batch can be normalised once, not twice. Remove one of the two.')
        }
        let append = appenders.get(plan.info)
        if (append === undefined) {
          append = appender({ name: 'normalize', options: checkChannels(given ?? known(plan.info), plan.info) })
          appenders.set(plan.info, append)
        }
        return { ...plan, steps: append(plan.steps) }
      })
    )
  }
}

function checkNormalization(options: NormalizeOptions): Normalization | undefined {
  checkOptions('normalize', options, ['mean', 'std'])
  if (options.mean === undefined && options.std === undefined) return undefined
  const mean = channelsOption('normalize', 'mean', options.mean, {})
  const std = channelsOption('normalize', 'std', options.std, { min: Number.MIN_VALUE })
  if (mean.length === std.length || mean.length === 1 || std.length === 1) return { mean, std }
  const expected = `as long as \`mean\`, which has ${mean.length} numbers`
  throw new InvalidOptionError({ caller: 'normalize', option: 'std', expected, received: options.std })
}

/** The source's own numbers, else ImageNet's; their averages for grey images. */
function known({ mean, std, shape }: SourceInfo): Normalization {
  if (mean !== undefined && std !== undefined) return { mean, std }
  return shape?.[2] === 1 ? { mean: [average(imageNet.mean)], std: [average(imageNet.std)] } : imageNet
}

function checkChannels(normalization: Normalization, { shape }: SourceInfo): Normalization {
  for (const [name, values] of Object.entries(normalization)) {
    if (shape === undefined || values.length === 1 || values.length === shape[2]) continue
    throw new OperatorError(
      'normalize',
      `the images have ${shape[2]} channels, but \`${name}\` has ${values.length} numbers. Give one number for all channels, or one for each.`
    )
  }
  return { mean: [...normalization.mean], std: [...normalization.std] }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
