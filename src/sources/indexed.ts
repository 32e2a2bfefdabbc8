/** A user's own data set, reached by index. */
import { checkFunction, checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError, SourceError } from '../errors.js'
import { runIn } from '../flow/context.js'
import type { Sample, SourceInfo } from '../sample.js'
import { fingerprint } from './fingerprint.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { type SampleItem, sampleOf } from './item.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'

export interface IndexedOptions extends IndexedSourceOptions {
  /** Samples in the whole data set. */
  readonly size: number
  /** The sample with an index from 0 to `size - 1`; it may be a promise. */
  readonly at: (index: number) => SampleItem | Promise<SampleItem>
  /**
   * The names of the classes, or their number.
   * @defaultValue not known
   */
  readonly classes?: number | readonly string[] | undefined
  /**
   * The class of a sample, where it is known without reading it; for operators that look for samples of a class, such
   * as `sameClassTuples`. It is called once for each index, at the first need.
   * @defaultValue not known
   */
  readonly classOf?: ((index: number) => number) | undefined
  /**
   * Tells data sets of the same size and classes apart: cursors of one are refused by the other, and they are shuffled
   * differently.
   * @defaultValue 'indexed'
   */
  readonly name?: string | undefined
  /**
   * How many promises of `at` may be under way. More than 1 hides the latency of a database or a network.
   * @defaultValue 1
   */
  readonly concurrency?: number | undefined
}

/**
 * A data set of your own: its size, and a function from an index to an image and its label, as a Dataset of PyTorch.
 *
 * Source → samples. Labels are what `at` gives; keys too, else the index. `at` is called once for each sample, in the
 * order of the epoch, when the pipeline has room for it. Give paths or encoded bytes where you can: the workers read
 * and decode them.
 *
 * Errors of the subscription: SourceError where `at` fails or gives something else than an item. A path that cannot be
 * read is no error here but a fault of that sample, later.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { indexed } from 'millrace'
 *
 * const files = ['a.jpg', 'b.jpg']
 * const ages = [31, 46]
 * const source = indexed({ size: files.length, at: i => ({ image: files[i]!, label: [ages[i]!] }) })
 * source.subscribe(sample => console.log(sample.key, sample.label)) // 0 Float32Array(1) [ 31 ] …
 * ```
 */
export function indexed(options: IndexedOptions): SampleSource {
  checkOptions('indexed', options, ['size', 'at', 'classes', 'classOf', 'name', 'concurrency', ...INDEXED_OPTIONS])
  const { size, at, classOf, name = 'indexed', concurrency = 1 } = options
  checkInteger('indexed', 'size', size, { min: 1 })
  checkFunction('indexed', 'at', at)
  if (classOf !== undefined) checkFunction('indexed', 'classOf', classOf)
  checkInteger('indexed', 'concurrency', concurrency, { min: 1 })
  checkName('indexed', name)
  const classes = settleClasses('indexed', options.classes)
  const data: IndexedData = {
    name,
    fingerprint: fingerprint(['indexed', name, size, classes.classes, classes.classNames]),
    size,
    ...classes,
    classOf,
    concurrency,
    sample: (index, epoch, position, info) => read(at, index, epoch, position, info)
  }
  return indexedSource('indexed', settle('indexed', options), () => data)
}

/** Refuses anything but a name. */
export function checkName(caller: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  throw new InvalidOptionError({ caller, option: 'name', expected: 'a string', received: name })
}

function read(
  at: IndexedOptions['at'],
  index: number,
  epoch: number,
  position: number,
  info: SourceInfo
): Sample | Promise<Sample> {
  const use = (item: SampleItem): Sample => sampleOf('indexed', item, index, epoch, position, info)
  let item: SampleItem | PromiseLike<SampleItem>
  try {
    item = runIn(undefined, () => at(index))
  } catch (cause) {
    throw failure(index, cause)
  }
  if (typeof (item as Partial<PromiseLike<SampleItem>> | null)?.then !== 'function') return use(item as SampleItem)
  return Promise.resolve(item).then(use, cause => {
    throw failure(index, cause)
  })
}

function failure(index: number, cause: unknown): SourceError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SourceError(`indexed: at(${index}) failed: ${reason}`, { index, cause })
}
