/** The rows of a manifest, from the three formats. */
import Papa, { type ParseError } from 'papaparse'
import { SourceError } from '../errors.js'
import { eachLine, refuseLong } from './textBlocks.js'

export type ManifestFormat = 'csv' | 'tsv' | 'jsonl'

/** One row: the value of a column, which is text in CSV and TSV; undefined where it has none. */
export interface ManifestRow {
  readonly line: number
  get(column: string): unknown
}

/** Hands over all rows of a manifest; `begin` is told the names of the columns (in JSONL: of the first row) before. */
export async function readRows(
  format: ManifestFormat,
  blocks: AsyncIterable<string>,
  columns: readonly string[] | undefined,
  begin: (columns: readonly string[]) => void,
  take: (row: ManifestRow) => void
): Promise<void> {
  if (format === 'jsonl') return readJsonLines(blocks, begin, take)
  return readTable(blocks, format === 'csv' ? ',' : '\t', columns, begin, take)
}

async function readTable(
  blocks: AsyncIterable<string>,
  delimiter: string,
  given: readonly string[] | undefined,
  begin: (columns: readonly string[]) => void,
  take: (row: ManifestRow) => void
): Promise<void> {
  let names: readonly string[] | undefined
  let places = new Map<string, number>()
  const start = (columns: readonly string[]): void => {
    names = columns
    places = new Map(names.map((name, i) => [name, i]))
    const twice = names.find((name, i) => places.get(name) !== i)
    if (twice !== undefined) throw new SourceError(`there are two columns ${JSON.stringify(twice)}`)
    begin(names)
  }
  if (given !== undefined) start(given)
  await eachRecord(blocks, delimiter, (cells, line) => {
    if (names === undefined) return start(cells.map(cell => cell.trim()))
    if (cells.length !== names.length) {
      throw new SourceError(`line ${line} has ${cells.length} cells, but there are ${names.length} columns`)
    }
    take({ line, get: column => (places.has(column) ? cells[places.get(column)!]!.trim() : undefined) })
  })
  if (names === undefined) throw new SourceError('it is empty')
}

/** Parses block by block; what begins in one and ends in the next waits for it. */
async function eachRecord(
  blocks: AsyncIterable<string>,
  delimiter: string,
  take: (cells: readonly string[], line: number) => void
): Promise<void> {
  const parser = new Papa.Parser({ delimiter, newline: '\n' })
  let rest = ''
  let line = 1
  const parse = (text: string, isLast: boolean): void => {
    const { data, errors, meta } = parser.parse(text, 0, !isLast) as {
      data: string[][]
      errors: ParseError[]
      meta: { cursor: number }
    }
    for (const [i, cells] of data.entries()) {
      const error = errors.find(({ row }) => row === i)
      if (error !== undefined) throw new SourceError(`line ${line}: ${error.message.toLowerCase()}`)
      if (cells.length > 1 || cells[0] !== '') take(cells, line)
      line += 1 + newlinesIn(cells)
    }
    rest = isLast ? '' : text.slice(meta.cursor)
    refuseLong(rest.length, line)
  }
  for await (const block of blocks) {
    const text = rest + block
    // The second half of a line's end may be still to come.
    const end = text.endsWith('\r') ? text.length - 1 : text.length
    parse(text.slice(0, end).replaceAll(/\r\n?/g, '\n'), false)
    rest += text.slice(end)
  }
  parse(rest.replaceAll(/\r\n?/g, '\n'), true)
}

function newlinesIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++
  return count
}

async function readJsonLines(
  blocks: AsyncIterable<string>,
  begin: (columns: readonly string[]) => void,
  take: (row: ManifestRow) => void
): Promise<void> {
  let first = true
  await eachLine(blocks, (text, line) => {
    if (text.trim() === '') return
    const row = parseJson(text)
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new SourceError(`line ${line} is no JSON object`)
    }
    if (first) begin(Object.keys(row))
    first = false
    // Names that every object has, such as constructor, are no columns.
    take({ line, get: column => (Object.hasOwn(row, column) ? (row as Record<string, unknown>)[column] : undefined) })
  })
  if (first) throw new SourceError('it is empty')
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
