/** Samples as often as their weights say. */
import { checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError, SourceError, show } from '../errors.js'
import { permutation } from '../random/permutation.js'
import { Rng, rngKey } from '../random/rng.js'
import { sha256 } from './platform.js'
import type { Sampler } from './sampler.js'

/** Options of {@link weighted}. */
export interface WeightedOptions {
  /**
   * Samples in an epoch.
   * @defaultValue as many as the data set, or its subset, has
   */
  readonly samples?: number | undefined
}

/**
 * A sampler that shows each sample as often as its weight says, with replacement, as PyTorch's WeightedRandomSampler.
 *
 * For the option `sampler` of sources. A sample of weight w is to come w × samples ÷ (sum of weights) times in an epoch.
 * Draws are stratified, not independent: it comes that often on average, and in no epoch two times more or less than
 * that. So equal weights show every sample once, and weight 0 none. Each time that a sample is shown it has draws of its own.
 * Resuming, shards and subsets are as for `shuffle`. It holds 8 bytes for each sample.
 *
 * Errors of the subscription and of `info()`: SourceError where a weight is negative or no number, all are 0, or
 * there are more or fewer than samples.
 *
 * @param weights one for each index of the data set; or a function of the index and the sample's class, which is NaN
 * where the source does not know it without reading the sample. They need not add up to 1.
 *
 * @throws InvalidOptionError where an argument cannot be used.
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, weighted } from 'millrace'
 *
 * // Cats and dogs, classes 3 and 5, come four times as often as the others.
 * const sampler = weighted((_, label) => (label === 3 || label === 5 ? 4 : 1))
 * await forEachBatch(cifar10({ split: 'train', sampler }).pipe(batch(64)), ({ labels }) => console.log(labels))
 * ```
 */
export function weighted(
  weights: readonly number[] | Float32Array | Float64Array | ((index: number, label: number) => number),
  options: WeightedOptions = {}
): Sampler {
  const weightOf = typeof weights === 'function' ? weights : undefined
  const isList = Array.isArray(weights) || weights instanceof Float32Array || weights instanceof Float64Array
  if (weightOf === undefined && !isList) {
    const expected = 'a list of numbers, or a function from an index to a number'
    throw new InvalidOptionError({ caller: 'weighted', option: 'weights', expected, received: weights })
  }
  const list = isList ? Float64Array.from(weights) : undefined
  checkOptions('weighted', options, ['samples'])
  if (options.samples !== undefined) checkInteger('weighted', 'samples', options.samples, { min: 1 })
  return Object.freeze<Sampler>({
    name: 'weighted',
    arrange({ caller, seed, fingerprint, size: all, places, index, classOf }) {
      if (list !== undefined && list.length !== all) {
        throw new SourceError(
          `${caller}: weighted was given ${list.length} weights, but there are ${all} samples; give one for each.`
        )
      }
      const at = (place: number): number => {
        const i = index(place)
        const weight = list === undefined ? weightOf!(i, classOf?.(i) ?? Number.NaN) : list[i]!
        if (Number.isFinite(weight) && weight >= 0) return weight
        throw new SourceError(
          `${caller}: the weight of sample ${i} must be a finite number of at least 0, but is ${show(weight)}.`,
          { index: i }
        )
      }
      const sums = cumulate(caller, places, at)
      const total = sums[places - 1]!
      const size = options.samples ?? places
      const offsets = rngKey(seed, fingerprint, 'weighted', 0)
      const rng = new Rng()
      return {
        size,
        print: `weighted ${size} ${sha256([new Uint8Array(sums.buffer)]).slice(0, 16)}`,
        epoch(epoch) {
          const strata = permutation(size, rngKey(seed, fingerprint, 'weighted', epoch + 1))
          return position => {
            const stratum = strata(position)
            // The sum of the weights is cut into as many equal strata as there are samples, and one point drawn in each.
            return search(sums, ((stratum + rng.reset(offsets, epoch, stratum).float()) / size) * total)
          }
        }
      }
    }
  })
}

/** The sum of the weights up to and with each place. */
function cumulate(caller: string, places: number, weightAt: (place: number) => number): Float64Array {
  const sums = new Float64Array(places)
  let sum = 0
  for (let place = 0; place < places; place++) {
    sum += weightAt(place)
    sums[place] = sum
  }
  if (sum > 0 && sum < Infinity) return sums
  throw new SourceError(`${caller}: the weights add up to ${sum}; they must be finite, and at least one above 0.`)
}

/** The first place whose sum is above `point`, which is below the last sum, or equals it after rounding. */
function search(sums: Float64Array, point: number): number {
  const most = Math.min(point, sums[sums.length - 1]! * (1 - Number.EPSILON))
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sums[middle]! > most) high = middle
    else low = middle + 1
  }
  return low
}
