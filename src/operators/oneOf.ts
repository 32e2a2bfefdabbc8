import { checkNumber, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { stepsOf } from './parts.js'
import { type BatchOperator, batchStep, type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link oneOf}. */
export interface OneOfOptions {
  /**
   * Probability that any is applied.
   * @defaultValue 1
   */
  readonly p?: number | undefined
  /**
   * How often each is chosen, in proportion.
   * @defaultValue all the same
   */
  readonly weights?: readonly number[] | undefined
}

/**
 * Applies one of several operators, chosen anew for each image, or for each batch.
 *
 * Sample → sample, or batch → batch, as the operators are. Labels, masks, boxes and keypoints become what the chosen
 * operator makes of them. As torchvision's `RandomChoice`; `oneOf([mixUp(), cutMix()], p)` is how mixing is usually
 * combined.
 *
 * @param operators operators of one level; those that need other samples (`samplePairing`, `mosaic`) cannot be among
 * them
 * @param options the probability that any is applied, or options
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, cutMix, forEachBatch, mixUp, oneOf } from 'millrace'
 *
 * const train = cifar10({ split: 'train', shuffle: true }).pipe(batch(128), oneOf([mixUp({ alpha: 0.2 }), cutMix()], 0.5))
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function oneOf(operators: readonly SampleOperator[], options?: number | OneOfOptions): SampleOperator
export function oneOf(operators: readonly BatchOperator[], options?: number | OneOfOptions): BatchOperator
export function oneOf(
  operators: readonly SampleOperator[] | readonly BatchOperator[],
  options: number | OneOfOptions = {}
): SampleOperator | BatchOperator {
  const list: readonly unknown[] = Array.isArray(operators) ? operators : []
  const level = (list[0] as Partial<SampleOperator | BatchOperator> | undefined)?.level ?? 'sample'
  const steps = stepsOf('oneOf', list, level)
  const step = { name: 'oneOf', options: { ...settle(options, steps.length), steps } }
  return level === 'batch' ? batchStep(step) : sampleStep(step)
}

function settle(options: number | OneOfOptions, count: number): { p: number; weights: readonly number[] } {
  if (typeof options !== 'number') checkOptions('oneOf', options, ['p', 'weights'])
  const { p = 1, weights = new Array<number>(count).fill(1) } = typeof options === 'number' ? { p: options } : options
  checkProbability('oneOf', 'p', p)
  const fits = Array.isArray(weights) && weights.length === count
  const expected = `a list of ${count} numbers, one for each operator, not all 0`
  if (!fits) throw new InvalidOptionError({ caller: 'oneOf', option: 'weights', expected, received: weights })
  for (const [i, weight] of weights.entries()) checkNumber('oneOf', `weights[${i}]`, weight, { min: 0 })
  if (weights.some(weight => weight > 0)) return { p, weights: [...weights] }
  throw new InvalidOptionError({ caller: 'oneOf', option: 'weights', expected, received: weights })
}
