/**
 * Looks at the pages of a Parquet column before the parser does, which believes the counts that a file tells: a few
 * bytes could make it fill all memory. Gives the contents of the pages, decompressed into no more than they may take.
 */
import { decompress } from 'fzstd'
import type { ColumnMetaData, SchemaTree } from 'hyparquet'
import { snappyUncompress } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js'
import { SourceError } from '../errors.js'
import { brotliInto, gunzipInto } from './platform.js'

const LARGEST_PAGE = 1 << 29 // bytes
const LONGEST_HEADER = 1 << 16 // bytes
const MOST_MINIBLOCKS = 1024
const ENCODINGS = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY']

type Header = ReturnType<typeof parquetHeader>

/** A column chunk, or some pages of it, that are about to be decoded. */
export interface PagesToCheck {
  readonly bytes: Uint8Array
  readonly codec: ColumnMetaData['codec']
  readonly path: SchemaTree[]
  /** No more values than this may be in all pages together. */
  readonly mostValues: number
}

/**
 * The decompressed pages, in order; none where the column is not compressed.
 *
 * @throws SourceError, or what the parser of page headers throws
 */
export function checkedPages({ bytes, codec, path, mostValues }: PagesToCheck): Uint8Array[] {
  const pages: Uint8Array[] = []
  let values = 0
  for (let at = 0; at < bytes.length - 1; ) {
    const reader = { view: viewOf(bytes.subarray(at, at + LONGEST_HEADER)), offset: 0 }
    const header = parquetHeader(reader)
    const start = at + reader.offset
    at = start + header.compressed_page_size
    const [size, unpacked] = [header.compressed_page_size, header.uncompressed_page_size]
    if (!(size >= 0 && at <= bytes.length)) throw damaged(`a page of ${size} bytes`)
    if (!(unpacked >= 0 && unpacked <= LARGEST_PAGE)) throw damaged(`a page of ${unpacked} bytes`)
    values += header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0
    if (!(values >= 0 && values <= mostValues)) throw damaged(`${values} values instead of at most ${mostValues}`)
    const content = checkPage(bytes.subarray(start, at), header, codec, path)
    if (codec !== 'UNCOMPRESSED' && content !== undefined) pages.push(content)
  }
  return pages
}

/** The content of a page without the levels that version 2 does not compress; undefined where there is none. */
function checkPage(
  raw: Uint8Array,
  header: Header,
  codec: ColumnMetaData['codec'],
  path: SchemaTree[]
): Uint8Array | undefined {
  const [repetition, definition] = [widthOf(getMaxRepetitionLevel(path)), widthOf(getMaxDefinitionLevel(path))]
  const { data_page_header: v1, data_page_header_v2: v2 } = header
  if (header.type === 'DICTIONARY_PAGE') return unpack(raw, header.uncompressed_page_size, codec)
  if (header.type === 'DATA_PAGE' && v1 !== undefined) {
    const content = unpack(raw, header.uncompressed_page_size, codec)
    let at = 0
    for (const width of [repetition, definition]) {
      if (width === 0) continue
      checkRuns(content.subarray(at + 4), width, v1.num_values)
      at += 4 + viewOf(content).getUint32(at, true)
    }
    checkValues(content.subarray(at), v1.encoding, v1.num_values)
    return content
  }
  if (header.type === 'DATA_PAGE_V2' && v2 !== undefined) {
    const levels = [v2.repetition_levels_byte_length, v2.definition_levels_byte_length] as const
    if (!(levels[0] >= 0 && levels[1] >= 0 && v2.num_nulls >= 0 && v2.num_rows >= 0)) throw damaged('negative lengths')
    checkRuns(raw.subarray(0), repetition, v2.num_values)
    checkRuns(raw.subarray(levels[0]), definition, v2.num_values)
    const [packed, size] = [raw.subarray(levels[0] + levels[1]), header.uncompressed_page_size - levels[0] - levels[1]]
    if (v2.is_compressed === false || size === 0) {
      checkValues(packed, v2.encoding, v2.num_values)
      return undefined
    }
    const content = unpack(packed, size, codec)
    checkValues(content, v2.encoding, v2.num_values)
    return content
  }
  throw damaged(`a page of the kind ${header.type}`)
}

/** As many bytes as the header says, or an error; never more. */
function unpack(packed: Uint8Array, size: number, codec: ColumnMetaData['codec']): Uint8Array {
  if (size < 0) throw damaged(`a page of ${size} bytes`)
  if (codec === 'UNCOMPRESSED') return packed
  if (codec === 'GZIP') return gunzipInto(packed, size)
  if (codec === 'BROTLI') return brotliInto(packed, size)
  if (codec !== 'SNAPPY' && codec !== 'ZSTD') {
    throw new SourceError(
      `its pages are packed by ${codec}, which is not read; write it with snappy, zstd, gzip or brotli`
    )
  }
  const content = new Uint8Array(size)
  if (codec === 'SNAPPY') snappyUncompress(packed, content)
  else if (size > 0) decompress(packed, content)
  return content
}

function checkValues(content: Uint8Array, encoding: string, most: number): void {
  if (!ENCODINGS.includes(encoding)) {
    throw new SourceError(
      `its values are encoded as ${encoding}, which is not read; write it with ${ENCODINGS.join(', ')}`
    )
  }
  if (encoding.endsWith('_DICTIONARY') && content.length > 0) {
    if (content[0]! > 32) throw damaged(`indices of ${content[0]} bits`)
    checkRuns(content.subarray(1), content[0]!, most)
  }
  if (encoding.startsWith('DELTA_') && content.length > 0) {
    const [block, at] = varInt(content, 0)
    const [miniblocks] = varInt(content, at)
    const fits = miniblocks >= 1 && miniblocks <= MOST_MINIBLOCKS && block >= miniblocks && block <= 1 << 20
    if (!fits || block % (8 * miniblocks) !== 0) throw damaged(`blocks of ${block} values in ${miniblocks} parts`)
  }
}

/** No run of the run-length and bit-packed hybrid may be longer than there are values. */
function checkRuns(bytes: Uint8Array, width: number, most: number): void {
  if (width === 0 && bytes.length === 0) return
  for (let at = 0, seen = 0; seen < most && at < bytes.length; ) {
    const [header, next] = varInt(bytes, at)
    const isPacked = (header & 1) === 1
    const count = isPacked ? 8 * (header >>> 1) : header >>> 1
    if (count > (isPacked ? most + 7 : most)) throw damaged(`a run of ${count} instead of at most ${most} values`)
    at = next + (isPacked ? (header >>> 1) * width : (width + 7) >> 3)
    seen += count
  }
}

/** A number of at most 32 bits in groups of seven, and where the next thing begins. */
function varInt(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) break
    value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) return [value >>> 0, at + i + 1]
  }
  throw damaged('a number that does not end')
}

function widthOf(level: number): number {
  return 32 - Math.clz32(level)
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function damaged(what: string): SourceError {
  return new SourceError(`it is damaged: it tells of ${what}`)
}
