/** Every class as often as any other. */
import { checkInteger, checkOptions } from '../check.js'
import { SourceError } from '../errors.js'
import { permutation } from '../random/permutation.js'
import { rngKey } from '../random/rng.js'
import { Dealer, shownBefore } from './deal.js'
import { groupByClass } from './groupByClass.js'
import type { Sampler } from './sampler.js'

/** Options of {@link classBalanced}. */
export interface ClassBalancedOptions {
  /**
   * Samples in an epoch; rounded so that all classes come equally often.
   * @defaultValue as many as the data set, or its subset, has
   */
  readonly samples?: number | undefined
}

/**
 * A sampler that shows every class equally often, however many samples it has.
 *
 * For the option `sampler` of sources that know their classes. Each run of as many samples as there are classes has one
 * of each, in random order. Within a class every sample is shown once, in random order, before any is shown again,
 * across epochs: small classes are repeated, and of large ones an epoch shows a part, the next epoch the next part.
 * A class without samples is left out. Each time that a sample is shown it has draws of its own. Resuming, shards and
 * subsets are as for `shuffle`. It holds 4 bytes for each sample.
 *
 * Errors of the subscription and of `info()`: SourceError where the source does not know its classes beforehand, or a
 * label is none of them.
 *
 * @throws InvalidOptionError where an option cannot be used.
 *
 * @example
 * ```ts
 * import { batch, classBalanced, forEachBatch, imageFolder, randomResizedCrop } from 'millrace'
 *
 * const source = imageFolder('photos/train', { sampler: classBalanced(), seed: 7, epochs: 90 })
 * await forEachBatch(source.pipe(randomResizedCrop(224), batch(64)), ({ labels }) => console.log(labels))
 * ```
 */
export function classBalanced(options: ClassBalancedOptions = {}): Sampler {
  checkOptions('classBalanced', options, ['samples'])
  const { samples } = options
  if (samples !== undefined) checkInteger('classBalanced', 'samples', samples, { min: 1 })
  return Object.freeze<Sampler>({
    name: 'classBalanced',
    arrange({ caller, seed, fingerprint, places, index, classOf, classes }) {
      if (classOf === undefined || classes === undefined) throw unknownClasses(caller)
      const groups = groupByClass(caller, places, place => classOf(index(place)), classes).filter(
        ({ length }) => length > 0
      )
      const each = Math.max(1, Math.round((samples ?? places) / groups.length)) // samples of a class in an epoch
      const name = 'classBalanced'
      const dealer = new Dealer(new Array<number>(groups.length).fill(1), { seed, source: fingerprint, name })
      const decks = groups.map(() => ({ round: -1, card: (place: number): number => place }))
      const size = each * groups.length
      return {
        size,
        print: `${name} ${size}`,
        epoch(epoch) {
          const before = shownBefore(caller, epoch, each)
          return position => {
            const { part, rank } = dealer.at(epoch, position)
            const group = groups[part]!
            const round = Math.floor((before + rank) / group.length)
            let deck = decks[part]!
            if (deck.round !== round) {
              const key = rngKey(seed, fingerprint, `${name} of class ${part}`, round)
              deck = { round, card: permutation(group.length, key) }
              decks[part] = deck
            }
            return group[deck.card(before + rank - round * group.length)]!
          }
        }
      }
    }
  })
}

function unknownClasses(caller: string): SourceError {
  return new SourceError(
    `${caller}: classBalanced needs the class of every sample beforehand, which this source does not know. ` +
      'Give it `classes` and labels that are class indices; for `indexed`, also `classOf`.'
  )
}
