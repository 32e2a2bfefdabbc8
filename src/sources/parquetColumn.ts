/** Reads one column of a Parquet file, a group of rows or a page of it at a time. */
import { type ColumnMetaData, readOffsetIndex, type SchemaTree } from 'hyparquet'
import { assembleNested } from 'hyparquet/src/assemble.js'
import { readColumn } from 'hyparquet/src/column.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js'
import { SourceError } from '../errors.js'
import type { ParquetFile } from './parquetFile.js'
import { checkedPages } from './parquetPages.js'

/** Where the rows of a part of a column are: as large a part as has to be read to reach one of them. */
export interface ColumnPart {
  /** Of its group. */
  readonly first: number
  readonly rows: number
  /** Byte ranges of the file, to be joined. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
}

/** A column of a group that is to be read at once takes as much memory. */
const LARGEST_CHUNK = 2 ** 31 - 1 // bytes
const LARGEST_INDEX = 1 << 24 // bytes
/** Numbers of the lists in a group. */
const MOST_IN_LISTS = 1 << 24

/** Where a column is in a group. */
export function chunkOf(file: ParquetFile, group: number, path: readonly string[]): ColumnMetaData {
  return chunkEntry(file, group, path).meta_data!
}

function chunkEntry(file: ParquetFile, group: number, path: readonly string[]) {
  const isIt = (at: readonly string[]): boolean => at.length === path.length && at.every((name, i) => name === path[i])
  const chunk = file.groups[group]!.columns.find(({ meta_data }) => meta_data && isIt(meta_data.path_in_schema))
  if (chunk?.meta_data !== undefined && chunk.file_path === undefined) return chunk
  throw new SourceError(`group ${group} has no column ${path.join('.')}`)
}

/** All of a column in a group, as one part. */
export function wholeOf(file: ParquetFile, group: number, path: readonly string[]): ColumnPart {
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = chunkOf(file, group, path)
  const start = Number(dictionary_page_offset || data_page_offset)
  const end = start + Number(total_compressed_size)
  checkRange(file, start, end)
  return { first: 0, rows: file.groups[group]!.rows, ranges: [[start, end]] }
}

/** The parts of a column in a group: its pages where the file has an index of them, else one. */
export async function partsOf(file: ParquetFile, group: number, path: readonly string[]): Promise<ColumnPart[]> {
  const whole = wholeOf(file, group, path)
  const { rows } = whole
  const [start, end] = whole.ranges[0]!
  const { offset_index_offset: offset, offset_index_length: length } = chunkEntry(file, group, path)
  if (!offset || !length || length < 0 || length > LARGEST_INDEX) return [whole]
  const index = readOffsetIndex({
    view: new DataView(await file.bytes.slice(Number(offset), Number(offset) + length)),
    offset: 0
  })
  const pages = index.page_locations.map(({ offset, compressed_page_size, first_row_index }) => {
    return { start: Number(offset), end: Number(offset) + compressed_page_size, first: Number(first_row_index) }
  })
  if (pages[0] === undefined) throw damagedIndex(group)
  const dictionary = pages[0].start > start ? [[start, pages[0].start] as const] : []
  return pages.map((page, i) => {
    const next = pages[i + 1]?.first ?? rows
    if (i === 0 ? page.first !== 0 : page.first <= pages[i - 1]!.first || page.first >= rows) throw damagedIndex(group)
    if (page.start < start || page.end > end || page.end <= page.start) throw damagedIndex(group)
    return { first: page.first, rows: next - page.first, ranges: [...dictionary, [page.start, page.end] as const] }
  })
}

/** The values of a part, one a row: bytes, text, numbers, lists of numbers; null where there is none. */
export async function readPart(
  file: ParquetFile,
  group: number,
  path: readonly string[],
  part: ColumnPart
): Promise<readonly unknown[]> {
  const { codec, type } = chunkOf(file, group, path)
  const schemaPath = getTreePath(file.schema, [...path])
  const bytes = joined(await Promise.all(part.ranges.map(([start, end]) => file.bytes.slice(start, end))))
  const isList = getMaxRepetitionLevel(schemaPath) > 0
  const pages = checkedPages({ bytes, codec, path: schemaPath, mostValues: isList ? MOST_IN_LISTS : part.rows })
  const { data } = readColumn(
    { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: part.rows, groupRows: part.rows },
    {
      pathInSchema: [...path],
      type,
      element: schemaPath.at(-1)!.element,
      schemaPath,
      codec,
      parsers: DEFAULT_PARSERS,
      compressors: { [codec]: () => pages.shift() ?? new Uint8Array(0) },
      utf8: false
    }
  )
  const flat = data.length === 1 ? Array.from<unknown>(data[0]!) : data.flatMap(values => Array.from<unknown>(values))
  const values = isList ? assembled(flat, schemaPath, path) : flat.map(unwrapped)
  if (values.length === part.rows) return values
  throw new SourceError(
    `it is damaged: ${values.length} values of ${path.join('.')} came for ${part.rows} rows of group ${group}`
  )
}

/** A field of a structure that may be absent comes in a list of one or none, for each level. */
function unwrapped(value: unknown): unknown {
  while (Array.isArray(value)) value = value[0]
  return value ?? null
}

function assembled(values: unknown[], [, top]: SchemaTree[], path: readonly string[]): unknown[] {
  const columns = new Map([[path.join('.'), values]])
  assembleNested(columns, top!, DEFAULT_PARSERS)
  return columns.get(path[0]!) ?? []
}

function checkRange(file: ParquetFile, start: number, end: number): void {
  if (!(start >= 4 && end >= start && end <= file.bytes.byteLength)) {
    throw new SourceError(
      `it is damaged: a column lies at ${start} to ${end}, but the file has ${file.bytes.byteLength} bytes`
    )
  }
  if (end - start <= LARGEST_CHUNK) return
  throw new SourceError(
    `a column of a group has ${end - start} bytes, more than can be read at once; write smaller groups`
  )
}

function joined(buffers: readonly ArrayBuffer[]): Uint8Array {
  if (buffers.length === 1) return new Uint8Array(buffers[0]!)
  const whole = new Uint8Array(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const buffer of buffers) {
    whole.set(new Uint8Array(buffer), at)
    at += buffer.byteLength
  }
  return whole
}

function damagedIndex(group: number): SourceError {
  return new SourceError(`it is damaged: the index of the pages of group ${group} is in disorder`)
}
