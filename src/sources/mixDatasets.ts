/** Several data sets as one, in fixed proportions. */
import { checkNumber, checkOneOf, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import type { Step } from '../sample.js'
import { type IndexedData, type Ingredients, indexedSource, ingredientsOf } from './indexedSource.js'
import { type Ingredient, mixtureOf } from './mixture.js'
import { sharesOf } from './shares.js'
import { type SampleSource, type SourceOptions, settle } from './source.js'

/** A data set of {@link mixDatasets}, its weight, and what is done with its samples only. */
export type MixedDataset = readonly [source: SampleSource, weight: number, operator?: DatasetOperator | undefined]

/** An operator that is one step for each image, such as `resize(224)`, or several in `compose`. */
export interface DatasetOperator {
  readonly step: Step
  readonly level: 'sample'
}

/** Options of {@link mixDatasets}. */
export interface MixDatasetsOptions extends SourceOptions {
  /**
   * What ends an epoch: that the first of the data sets would have to repeat a sample, or that all of them have been gone
   * through, smaller ones several times.
   * @defaultValue 'first'
   */
  readonly stop?: 'first' | 'all' | undefined
}

/**
 * Mixes data sets in fixed proportions: one source of several.
 *
 * Sources → samples. The proportions are exact in each short block of samples, 7 and 3 of 10 for the weights 0.7 and
 * 0.3; which sample comes from where within a block is drawn. Each data set goes on through its own order, from epoch
 * to epoch of the mixture: none of its samples comes again before all have come. `shuffle`, `subset` and `sampler` are
 * those of each source; `seed`, `epochs`, `shard` and `resume` are given here. Cursors, shards and resuming are those of
 * any seekable source.
 *
 * Partners (as of `samplePairing`) and substitutes come from the sample's own data set; `mixUp` and `cutMix` mix whatever
 * is in the batch. Operators behind it see all samples; one for a data set alone is given as the third value of its entry.
 * A sample's `index` counts through all data sets, and positions are those of the mixture. Blocks have up to 1,000
 * samples, and weights that need longer ones are rounded. An epoch has whole blocks only.
 *
 * Errors of the subscription and of `info()`: those of the sources; SourceError where their classes differ, or a data
 * set has fewer samples than its part of a block; CursorError where `resume` belongs to other data or another mixture.
 *
 * @param datasets one or more `[source, weight]` or `[source, weight, operator]`; weights above 0, of any sum
 *
 * @throws InvalidOptionError where an argument cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { batch, forEachBatch, imageFolder, mixDatasets, randomResizedCrop, resize } from 'millrace'
 *
 * const photos = imageFolder('photos', { shuffle: true })
 * const drawings = imageFolder('drawings', { shuffle: true })
 * const mixed = mixDatasets([[photos, 0.7, randomResizedCrop(224)], [drawings, 0.3, resize([224, 224])]], { seed: 7 })
 * await forEachBatch(mixed.pipe(batch(50)), ({ keys }) => console.log(keys)) // 35 photos and 15 drawings
 * ```
 */
export function mixDatasets(datasets: readonly MixedDataset[], options: MixDatasetsOptions = {}): SampleSource {
  checkOptions('mixDatasets', options, ['seed', 'epochs', 'shard', 'resume', 'stop'])
  const { stop = 'first' } = options
  checkOneOf('mixDatasets', 'stop', stop, ['first', 'all'])
  if (!Array.isArray(datasets) || datasets.length === 0) {
    const expected = 'a list of at least one [source, weight]'
    throw new InvalidOptionError({ caller: 'mixDatasets', option: 'datasets', expected, received: datasets })
  }
  const list = datasets.map(checkDataset)
  const shares = sharesOf(
    'mixDatasets',
    list.map(({ weight }) => weight)
  )
  const settings = settle('mixDatasets', { ...options, shuffle: false, subset: [0, 1] })
  const open = (): IndexedData | Promise<IndexedData> => {
    const opened = list.map(({ source }) => source.open())
    const mix = (data: readonly IndexedData[]): IndexedData =>
      mixtureOf(
        list.map(({ source, operator }, i): Ingredient => ({ ...source, data: data[i]!, step: operator?.step })),
        shares,
        stop
      )
    return opened.some(data => data instanceof Promise) ? Promise.all(opened).then(mix) : mix(opened as IndexedData[])
  }
  return indexedSource('mixDatasets', settings, open)
}

interface Checked {
  readonly source: Ingredients
  readonly weight: number
  readonly operator: DatasetOperator | undefined
}

function checkDataset(entry: unknown, i: number): Checked {
  const name = `datasets[${i}]`
  if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3) {
    const expected = 'a list [source, weight] or [source, weight, operator]'
    throw new InvalidOptionError({ caller: 'mixDatasets', option: name, expected, received: entry })
  }
  const [source, weight, operator] = entry as unknown[]
  checkNumber('mixDatasets', `${name}[1]`, weight, { min: 0 })
  if (weight === 0) {
    const expected = 'above 0'
    throw new InvalidOptionError({ caller: 'mixDatasets', option: `${name}[1]`, expected, received: weight })
  }
  if (operator !== undefined && (operator as Partial<DatasetOperator> | null)?.level !== 'sample') {
    const expected = 'an operator that is one step for images, such as resize(224) or compose(…)'
    throw new InvalidOptionError({ caller: 'mixDatasets', option: `${name}[2]`, expected, received: operator })
  }
  return { source: checkSource(source, `${name}[0]`), weight, operator: operator as DatasetOperator | undefined }
}

function checkSource(source: unknown, option: string): Ingredients {
  const known = typeof source === 'object' && source !== null ? ingredientsOf(source) : undefined
  if (known === undefined) {
    const expected = 'a source whose samples can be reached by index, such as imageFolder(…)'
    const hint =
      'What pipe() returns is none: put operators behind mixDatasets, or one for this data set alone after its weight. Streams (iterable) have no index; use `indexed`.'
    throw new InvalidOptionError({ caller: 'mixDatasets', option, expected, received: source, hint })
  }
  const { epochs, shard, resume } = known.settings
  const misplaced = epochs !== 1 ? 'epochs' : shard.count !== 1 ? 'shard' : resume !== undefined ? 'resume' : undefined
  if (misplaced === undefined) return known
  const expected = `a source without the option \`${misplaced}\``
  const hint = `Give \`${misplaced}\` to mixDatasets.`
  throw new InvalidOptionError({ caller: 'mixDatasets', option, expected, received: source, hint })
}
