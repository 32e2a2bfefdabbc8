/** Streams: data sets that can only be gone through from the beginning. */
import { checkFunction, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { fromPull } from '../flow/pull.js'
import { keepHandle } from '../handle.js'
import type { Sample } from '../sample.js'
import { fingerprint } from './fingerprint.js'
import { checkName } from './indexed.js'
import { refuseWorker } from './indexedSource.js'
import type { SampleItem } from './item.js'
import { failing } from './pullers.js'
import { refuseOtherData, refuseOtherOrder } from './resume.js'
import { type SampleSource, type SourceOptions, settle, settleClasses } from './source.js'
import { readStream } from './stream.js'

export interface IterableOptions extends SourceOptions {
  /**
   * The names of the classes, or their number.
   * @defaultValue not known
   */
  readonly classes?: number | readonly string[] | undefined
  /**
   * Tells streams apart: cursors of one are refused by the other.
   * @defaultValue 'iterable'
   */
  readonly name?: string | undefined
}

/**
 * A data set that comes as a stream: a function that begins it anew for each epoch.
 *
 * Source → samples. Labels and keys are what the items give; a sample's index and position count the items of its
 * epoch. One item is asked for at a time, when the pipeline has room for it. Whoever stops early has the iterator's
 * `return()` called at once. `resume` goes through the items before the cursor without decoding them; a shard takes
 * every count-th item. A stream can be shuffled by `windowShuffle`, within windows; it cannot be split, sampled by weights
 * or asked for partners: for that there is `indexed`.
 *
 * Errors of the subscription: whatever the iterable throws; SourceError where the factory gives no iterable, or an
 * item is none; CursorError where `resume` belongs to another stream.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { iterable } from 'millrace'
 *
 * const source = iterable(async function* (epoch) {
 *   for (let i = 0; i < 10; i++) yield { image: `frames/${epoch}/${i}.jpg`, label: i % 2 }
 * }, { classes: 2, epochs: 3 })
 * source.subscribe(sample => console.log(sample.key, sample.label))
 * ```
 */
export function iterable(
  factory: (epoch: number) => Iterable<SampleItem> | AsyncIterable<SampleItem>,
  options: IterableOptions = {}
): SampleSource {
  checkFunction('iterable', 'factory', factory)
  refuseOrder(options)
  checkOptions('iterable', options, [
    'seed',
    'epochs',
    'shard',
    'resume',
    'classes',
    'name',
    'shuffle',
    'subset',
    'sampler'
  ])
  const { name = 'iterable' } = options
  checkName('iterable', name)
  const { classes, classNames } = settleClasses('iterable', options.classes)
  const settings = settle('iterable', { ...options, shuffle: false, subset: [0, 1] })
  const { seed, shuffle, epochs, shard, subset, resume } = settings
  const source = fingerprint(['iterable', name, classes, classNames])
  if (resume !== undefined) {
    refuseOtherData('iterable', resume, source)
    refuseOtherOrder('iterable', resume, undefined)
  }
  const unknown = { size: undefined, shape: undefined, mean: undefined, std: undefined }
  const info = Object.freeze({ name, fingerprint: source, seed, classes, classNames, ...unknown, shard })
  const about = { shuffle, epochs, subset, shards: shard.count }
  keepHandle({
    info,
    size: undefined,
    options: about,
    resume,
    sampleAt: undefined,
    placeAt: undefined,
    placesByClass: undefined
  })
  const samples = fromPull<Sample>((wake, { window }) => {
    try {
      refuseWorker('iterable')
      return readStream(factory, settings, info, wake, window)
    } catch (error) {
      return failing(error)
    }
  })
  return Object.assign(samples, { info: async () => info })
}

/** These options exist elsewhere, so that here they get more than "unknown". */
function refuseOrder(options: object): void {
  for (const option of ['shuffle', 'subset', 'sampler'] as const) {
    const received = (options as Record<string, unknown> | null)?.[option]
    if (received === undefined || received === false) continue
    const hint =
      'A stream has no order to choose from; use `indexed` where samples can be reached by index, or windowShuffle.'
    throw new InvalidOptionError({ caller: 'iterable', option, expected: 'left out', received, hint })
  }
}
