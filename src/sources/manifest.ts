/** Data sets that a file lists: CSV, TSV or JSONL. */
import { checkOneOf, checkOptions } from '../check.js'
import { InvalidOptionError, SourceError } from '../errors.js'
import { nameOf, showLocation } from '../storage/location.js'
import { type ByteSource, openBytes } from '../storage/openBytes.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import { COLUMN_OPTIONS, checkColumnOptions, chooseColumns, type ManifestColumnOptions } from './manifestColumns.js'
import { folderOf, locateIn } from './manifestPaths.js'
import { type ManifestFormat, readRows } from './manifestRows.js'
import { ManifestTable } from './manifestTable.js'
import { named } from './named.js'
import { sha256 } from './platform.js'
import { type RowLabels, UNLABELLED } from './rowLabels.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'
import { textBlocks } from './textBlocks.js'

export interface ManifestOptions extends IndexedSourceOptions, ManifestColumnOptions {
  /**
   * How the file is written.
   * @defaultValue by its name: .csv, .tsv, .jsonl or .ndjson
   */
  readonly format?: ManifestFormat | undefined
  /**
   * The names of the columns of a CSV or TSV whose first line is a row already.
   * @defaultValue what the first line says
   */
  readonly columns?: readonly string[] | undefined
  /**
   * The names of the classes, in the order in which their labels count; or their number.
   * @defaultValue the names that the labels are, in byte order; where they are indices, as many as the largest one asks for
   */
  readonly classes?: number | readonly string[] | undefined
  /**
   * The folder or URL that paths are relative to and must not leave. With it, absolute paths and URLs within it are
   * taken too; `'https://'` takes all URLs that begin so, and nothing else.
   * @defaultValue the folder, or the part of the URL, that the manifest lies in
   */
  readonly root?: string | undefined
}

/**
 * Images that a file lists, with their labels, masks, boxes and keypoints.
 *
 * Source → samples. CSV and TSV have the names of their columns in the first line; JSONL has an object a line. All
 * are UTF-8. A label is a class index (whole numbers in all rows), a class name, or a vector: a list of numbers (JSON,
 * in a cell of CSV), or several columns. Boxes are lists of `[x1, y1, x2, y2, label?]` or `{ x1, y1, x2, y2, label? }`,
 * keypoints of `[x, y, label?]` or `{ x, y, label?, visible? }`, in pixels of the upright image. Keys are the paths of
 * the images, unless there is a column of keys.
 *
 * The location may be a file or a URL, and so may the images be. The file is read once, at the first subscription or
 * `info()`, and checked as a whole; it takes about as much memory as it has bytes (43 MB for a million rows of 40).
 * Images are opened later, by the workers.
 * No path leads out of `root`, except by symbolic links that lie in it; nothing in the file is executed; a row may have
 * a million characters.
 *
 * Errors of the subscription and of `info()`: SourceError where the file cannot be read, or a row is wrong: it names line
 * and column; CursorError where `resume` belongs to other data.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { manifest } from 'millrace'
 *
 * // path,species,boxes
 * // cats/tom.jpg,cat,"[[10, 20, 110, 220]]"
 * const source = manifest('photos/train.csv', { label: 'species', shuffle: true, seed: 7 })
 * console.log((await source.info()).classNames) // [ 'cat', 'dog' ]
 * source.subscribe(sample => console.log(sample.key, sample.label, sample.boxes))
 * ```
 */
export function manifest(location: string, options: ManifestOptions = {}): SampleSource {
  checkText('location', 'the path or URL of a file', location)
  checkOptions('manifest', options, ['format', 'columns', 'classes', 'root', ...COLUMN_OPTIONS, ...INDEXED_OPTIONS])
  checkColumnOptions('manifest', options)
  if (options.root !== undefined) checkText('root', 'a folder or a URL', options.root)
  const format = options.format ?? formatOf(location)
  checkOneOf('manifest', 'format', format, ['csv', 'tsv', 'jsonl'] as const)
  checkColumns(options.columns, format)
  const wanted = settleClasses('manifest', options.classes)
  const settings = settle('manifest', options)
  return indexedSource('manifest', settings, async () => {
    const file = await openBytes(location)
    return named(`manifest: ${showLocation(location)}`, async () => {
      const table = await readTable(file, location, format, options)
      const parts = table.finish()
      return describe(table, options.label === false ? UNLABELLED : table.labels.finish(wanted), parts)
    })
  })
}

async function readTable(
  file: ByteSource,
  location: string,
  format: ManifestFormat,
  options: ManifestOptions
): Promise<ManifestTable> {
  const root = options.root ?? folderOf(location)
  const locate = locateIn(root, options.root !== undefined)
  let table: ManifestTable | undefined
  const begin = (found: readonly string[]): void => {
    table = new ManifestTable(
      chooseColumns(options, found, format),
      locate,
      URL.canParse(root) ? showLocation(root) : root
    )
  }
  await readRows(format, textBlocks(file), options.columns, begin, row => table!.add(row))
  if (table === undefined || table.size === 0) throw new SourceError('it has no rows')
  return table
}

function describe(table: ManifestTable, labels: RowLabels, parts: readonly Uint8Array[]): IndexedData {
  const { classes, classNames, classOf } = labels
  const facts = JSON.stringify(['manifest', table.size, classes, classNames])
  return {
    name: 'manifest',
    fingerprint: sha256([facts, ...parts, ...labels.parts]).slice(0, 16),
    size: table.size,
    classes,
    classNames,
    classOf,
    sample: (index, epoch, position, info) => {
      const image = { kind: 'file', path: table.image(index) } as const
      const sample = makeSample(table.key(index), index, epoch, position, labels.at(index), image, info)
      if (!table.hasTargets) return sample
      const path = table.mask(index)
      const mask = path === undefined ? undefined : ({ kind: 'file', path } as const)
      return { ...sample, mask, boxes: table.boxes(index), keypoints: table.keypoints(index) }
    }
  }
}

function formatOf(location: string): ManifestFormat {
  const [, extension] = /\.(csv|tsv|jsonl|ndjson)$/i.exec(nameOf(location)) ?? []
  if (extension !== undefined) return extension.toLowerCase().replace('ndjson', 'jsonl') as ManifestFormat
  const expected = "'csv', 'tsv' or 'jsonl' where the name of the file does not end so"
  throw new InvalidOptionError({ caller: 'manifest', option: 'format', expected, received: undefined })
}

function checkText(option: string, expected: string, received: unknown): asserts received is string {
  if (typeof received === 'string' && received !== '') return
  throw new InvalidOptionError({ caller: 'manifest', option, expected, received })
}

function checkColumns(columns: unknown, format: ManifestFormat): void {
  const fits = Array.isArray(columns) && columns.every(name => typeof name === 'string') && format !== 'jsonl'
  if (columns === undefined || fits) return
  const expected = 'a list of names, for CSV or TSV'
  throw new InvalidOptionError({ caller: 'manifest', option: 'columns', expected, received: columns })
}
