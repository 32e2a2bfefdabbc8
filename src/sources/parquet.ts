/** Data sets in Parquet files, as Hugging Face stores them. */
import { checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError, SourceError } from '../errors.js'
import { lastUpTo, type TextColumn } from './columns.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import { BytesColumn, type RowPlace } from './parquetBytes.js'
import { chunkOf, wholeOf } from './parquetColumn.js'
import { namedErrors, openParquet, type ParquetFile } from './parquetFile.js'
import { readLabels } from './parquetLabels.js'
import { chooseParquetColumns, type ParquetColumns, type WantedColumns } from './parquetSchema.js'
import { sha256 } from './platform.js'
import type { RowLabels } from './rowLabels.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'

export interface ParquetOptions extends IndexedSourceOptions {
  /**
   * The column of the images: bytes, or a structure with a field `bytes`. A field is named as `a.b`.
   * @defaultValue what Hugging Face's metadata calls an image, else the first that is there of image, img, jpg, png, bytes
   */
  readonly image?: string | undefined
  /**
   * The column of the labels: whole numbers, texts, or lists of numbers; a list of columns, whose numbers make a
   * vector; or `false` where there are no labels: then each is a vector of one zero.
   * @defaultValue what Hugging Face's metadata calls a class label, else the first that is there of label, labels,
   * class, fine_label, target
   */
  readonly label?: string | readonly string[] | false | undefined
  /**
   * The column of the masks, as images of class ids.
   * @defaultValue none
   */
  readonly mask?: string | undefined
  /**
   * The column of the keys, which name samples in messages, logs and faults; such as `image.path`.
   * @defaultValue none: keys are the indices
   */
  readonly key?: string | undefined
  /**
   * The names of the classes, in the order in which their labels count; or their number.
   * @defaultValue the names in Hugging Face's metadata; else those that the labels are, in byte order, or as many as the
   * largest label asks for
   */
  readonly classes?: number | readonly string[] | undefined
  /**
   * Bytes of images that are kept in memory, because the next row may be in a part of the file that was read already.
   * @defaultValue 268435456, 256 MiB
   */
  readonly cacheBytes?: number | undefined
  /**
   * How many rows may be asked for at a time. More than 1 hides the latency of a network.
   * @defaultValue 4
   */
  readonly concurrency?: number | undefined
}

/**
 * Images and labels in Parquet files, as Hugging Face stores data sets.
 *
 * Source → samples. Several files are one data set, in the order in which they are given; each may be a URL. Keys are
 * the indices, unless `key` names a column. Reads pages that are plain or packed by snappy, zstd, gzip or brotli,
 * through hyparquet.
 *
 * Footers and labels are read at the first subscription or `info()`, images when their turn comes: the page that the
 * image is in where the file has an index of its pages, else the group of rows. What was read stays in memory, up to
 * `cacheBytes`, the least recently used going first. So without `shuffle` each byte is read once. A shuffle is a full
 * permutation and meets the groups in random order: if they do not all fit into `cacheBytes`, and are large, each
 * image may cost a group. Then write the file with small groups or an index of pages (in pyarrow:
 * `write_table(table, file, row_group_size=64, write_page_index=True)`), or raise `cacheBytes`.
 *
 * Errors of the subscription and of `info()`: SourceError where a file cannot be read, is damaged, or has no such
 * columns; CursorError where `resume` belongs to other data. A row without an image is no error here but a fault of that
 * sample, later.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { parquet } from 'millrace'
 *
 * const files = [0, 1].map(i => `data/train-0000${i}-of-00002.parquet`)
 * const source = parquet(files, { shuffle: true, seed: 7 })
 * console.log((await source.info()).classNames) // [ 'cat', 'dog' ]
 * source.subscribe(sample => console.log(sample.key, sample.label))
 * ```
 */
export function parquet(location: string | readonly string[], options: ParquetOptions = {}): SampleSource {
  const locations = [location].flat()
  if (locations.length === 0 || !locations.every(isText))
    refuse('location', 'the path or URL of a file, or a list of them', location)
  checkOptions('parquet', options, [...COLUMNS, 'classes', 'cacheBytes', 'concurrency', ...INDEXED_OPTIONS])
  for (const name of COLUMNS) checkColumn(name, options[name])
  const { cacheBytes = 2 ** 28, concurrency = 4 } = options
  checkInteger('parquet', 'cacheBytes', cacheBytes, { min: 1 })
  checkInteger('parquet', 'concurrency', concurrency, { min: 1, max: 1024 })
  const wanted = settleClasses('parquet', options.classes)
  return indexedSource('parquet', settle('parquet', options), async () => {
    const files: ParquetFile[] = []
    for (const [i, at] of locations.entries()) files.push(await openParquet(at, i))
    const columns = await namedErrors(files[0]!.name, async () => chooseParquetColumns(files[0]!, options))
    const named = columns.labelName === undefined ? undefined : files[0]!.features[columns.labelName]?.names
    const classes = options.classes !== undefined || !named ? wanted : { classes: named.length, classNames: named }
    const { labels, keys } = await readLabels(files, columns, classes)
    for (const file of files) await namedErrors(file.name, async () => checkColumns(file, columns))
    return describe(files, columns, labels, keys, { cacheBytes, concurrency })
  })
}

const COLUMNS = ['image', 'label', 'mask', 'key'] as const satisfies readonly (keyof WantedColumns)[]

/** Every group of every file must have what is read later. */
function checkColumns(file: ParquetFile, { image, mask }: ParquetColumns): void {
  for (let group = 0; group < file.groups.length; group++) {
    wholeOf(file, group, image)
    if (mask !== undefined) wholeOf(file, group, mask)
  }
}

function describe(
  files: readonly ParquetFile[],
  { image, mask }: ParquetColumns,
  labels: RowLabels,
  keys: TextColumn | undefined,
  { cacheBytes, concurrency }: { readonly cacheBytes: number; readonly concurrency: number }
): IndexedData {
  const groups = files.flatMap(file => file.groups.map((_, group) => ({ file, group })))
  const sizes = groups.map(({ file, group }) => file.groups[group]!.rows)
  const firsts = new Float64Array(sizes.length)
  let size = 0
  for (const [i, rows] of sizes.entries()) {
    firsts[i] = size
    size += rows
  }
  if (size === 0) throw new SourceError(`parquet: ${files[0]!.name} has no rows.`)
  const { classes, classNames, classOf, at } = labels
  const stored = groups.map(({ file, group }) => String(chunkOf(file, group, image).total_uncompressed_size))
  const facts = JSON.stringify(['parquet', sizes, stored, classes, classNames])
  const images = new BytesColumn(image, cacheBytes)
  const masks = mask === undefined ? undefined : new BytesColumn(mask, cacheBytes)
  const placeOf = (index: number): RowPlace => {
    const i = lastUpTo(firsts, index)
    return { ...groups[i]!, row: index - firsts[i]! }
  }
  return {
    name: 'parquet',
    fingerprint: sha256([facts, ...labels.parts, ...(keys?.parts() ?? [])]).slice(0, 16),
    size,
    classes,
    classNames,
    classOf,
    concurrency,
    sample: async (index, epoch, position, info) => {
      const place = placeOf(index)
      const image = { kind: 'bytes', bytes: await images.at(place) } as const
      const sample = makeSample(keys?.at(index) ?? String(index), index, epoch, position, at(index), image, info)
      return masks === undefined ? sample : { ...sample, mask: { kind: 'bytes', bytes: await masks.at(place) } }
    }
  }
}

function checkColumn(option: (typeof COLUMNS)[number], received: unknown): void {
  if (received === undefined || isText(received) || (option === 'label' && received === false)) return
  if (option === 'label' && Array.isArray(received) && received.length > 0 && received.every(isText)) return
  refuse(
    option,
    option === 'label' ? 'the name of a column, a list of such names, or false' : 'the name of a column',
    received
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function refuse(option: string, expected: string, received: unknown): never {
  throw new InvalidOptionError({ caller: 'parquet', option, expected, received })
}
