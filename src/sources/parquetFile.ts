/** Parquet files that are open: what their footers say, checked. */
import { type FileMetaData, parquetMetadata, parquetSchema, type RowGroup, type SchemaTree } from 'hyparquet'
import { SourceError } from '../errors.js'
import { showLocation } from '../storage/location.js'
import { type ByteSource, openBytes } from '../storage/openBytes.js'

/** A file, and its place in the data set. */
export interface ParquetFile {
  /** Among the files of the data set. */
  readonly index: number
  /** For messages. */
  readonly name: string
  readonly bytes: ByteSource
  readonly schema: SchemaTree
  readonly groups: readonly ParquetGroup[]
  /** The class names and types that Hugging Face writes beside the schema. */
  readonly features: Readonly<Record<string, Feature>>
}

/** A group of rows, which are stored together. */
export interface ParquetGroup {
  readonly rows: number
  readonly columns: RowGroup['columns']
}

/** What Hugging Face says of a column. */
export interface Feature {
  readonly type: string | undefined
  readonly names: readonly string[] | undefined
}

/** Most footers are shorter, so that one request is enough. */
const FIRST_READ = 1 << 16 // bytes
const LONGEST_FOOTER = 1 << 26 // bytes
/** A group of more rows would be larger than memory, if they are images. */
const MOST_ROWS = 1 << 24
/** No number and no honest text is so many bytes above 127 in a row; a parser's time would grow with their square. */
const LONGEST_RUN = 1024

/**
 * Opens a file and reads its footer.
 *
 * @throws SourceError
 */
export async function openParquet(location: string, index: number): Promise<ParquetFile> {
  const bytes = await openBytes(location)
  const name = showLocation(location)
  return namedErrors(name, async () => {
    const metadata = parquetMetadata(await footerOf(bytes), { geoparquet: false })
    const groups = metadata.row_groups.map(({ num_rows, columns }) => ({ rows: rowsOf(num_rows), columns }))
    return { index, name, bytes, schema: parquetSchema(metadata), groups, features: featuresOf(metadata) }
  })
}

/** Runs what reads a file; its errors name the file. Those of the parser are facts of the file, whatever their kind. */
export async function namedErrors<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof SourceError && cause.code !== 'SOURCE') throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SourceError(`parquet: ${name}: ${reason.replace(/\.$/, '')}.`, { cause })
  }
}

/** The end of a file from the footer on, which is looked at before the parser does. */
async function footerOf(bytes: ByteSource): Promise<Uint8Array> {
  let end = new Uint8Array(await bytes.slice(-FIRST_READ))
  const view = new DataView(end.buffer)
  const isParquet = end.length >= 12 && view.getUint32(end.length - 4, true) === 0x31524150 // PAR1
  if (!isParquet) throw new SourceError('it is no Parquet file, or not all of it: its last bytes are not PAR1')
  const length = view.getUint32(end.length - 8, true)
  if (length > LONGEST_FOOTER || length + 12 > bytes.byteLength) {
    throw new SourceError(`its footer says that it has ${length} bytes, but the file has ${bytes.byteLength}`)
  }
  if (length + 8 > end.length) end = new Uint8Array(await bytes.slice(-8 - length))
  const footer = end.subarray(end.length - 8 - length)
  for (let i = 0, run = 0; i < length; i++) {
    run = footer[i]! < 0x80 ? 0 : run + 1
    if (run > LONGEST_RUN) throw new SourceError('its footer is damaged')
  }
  return footer
}

function rowsOf(rows: bigint): number {
  if (rows >= 0n && rows <= MOST_ROWS) return Number(rows)
  throw new SourceError(`it has a group of ${rows} rows, more than the ${MOST_ROWS} that are read at once`)
}

function featuresOf({ key_value_metadata }: FileMetaData): Record<string, Feature> {
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  const features = own(own(parsed(text), 'info'), 'features')
  const entries = typeof features === 'object' && features !== null ? Object.entries(features) : []
  return Object.fromEntries(
    entries.map(([column, feature]) => {
      const [type, names] = [own(feature, '_type'), own(feature, 'names')]
      const areNames = Array.isArray(names) && names.every(name => typeof name === 'string')
      const about = { type: typeof type === 'string' ? type : undefined, names: areNames ? names : undefined }
      return [column, about]
    })
  )
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function own(value: unknown, name: string): unknown {
  const has = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return has ? (value as Record<string, unknown>)[name] : undefined
}
