import { checkOptions, checkProbability } from '../check.js'
import { type RangeOption, rangeOption } from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link colorJitter}. What is left out does not change. */
export interface ColorJitterOptions {
  /** A factor from [1 − x, 1 + x] for a number x, or from the range itself; 0 is black. */
  readonly brightness?: RangeOption | undefined
  /** A factor likewise; 0 is the mean grey everywhere. */
  readonly contrast?: RangeOption | undefined
  /** A factor likewise; 0 is grey. */
  readonly saturation?: RangeOption | undefined
  /** A turn from [−x, x] for a number x, or from the range itself, as a share of the colour circle, at most 0.5. */
  readonly hue?: RangeOption | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Changes brightness, contrast, saturation and hue by random amounts, in random order.
 *
 * Sample → sample. Labels stay. Images that are not RGB have no saturation and no hue, and their mean grey is the mean of
 * all bytes. Ranges and order are those of torchvision's `ColorJitter`; bytes are rounded half to even where it rounds
 * down, so that they differ by one grey level at most, after a hue by two.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, colorJitter, forEachBatch } from 'millrace'
 *
 * const jitter = colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })
 * await forEachBatch(cifar10({ split: 'train' }).pipe(jitter, batch(128)), ({ shape }) => console.log(shape))
 * ```
 */
export function colorJitter(options: ColorJitterOptions = {}): SampleOperator {
  checkOptions('colorJitter', options, ['brightness', 'contrast', 'saturation', 'hue', 'p'])
  const { brightness, contrast, saturation, hue, p = 1 } = options
  checkProbability('colorJitter', 'p', p)
  return sampleStep({
    name: 'colorJitter',
    options: {
      brightness: factors('brightness', brightness),
      contrast: factors('contrast', contrast),
      saturation: factors('saturation', saturation),
      hue: hue === undefined ? undefined : rangeOption('colorJitter', 'hue', hue, { min: -0.5, max: 0.5 }),
      p
    }
  })
}

/** A number above 1 reaches down to 0, not below. */
function factors(option: string, value: RangeOption | undefined): readonly [number, number] | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value) && value > 1) return [0, 1 + value]
  return rangeOption('colorJitter', option, value, { around: 1, min: 0 })
}
