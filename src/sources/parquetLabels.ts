/** Labels and keys of Parquet files: columns that are read from beginning to end. */
import { SourceError } from '../errors.js'
import { TextColumn } from './columns.js'
import { readPart, wholeOf } from './parquetColumn.js'
import { namedErrors, type ParquetFile } from './parquetFile.js'
import type { ParquetColumns } from './parquetSchema.js'
import { LabelReader, type RowLabels, UNLABELLED, type WantedClasses } from './rowLabels.js'

/** Groups that are read at a time, so that a network's latency is waited for less often. */
const AT_ONCE = 8

/** The labels of all rows, and the keys where there is a column of them. */
export async function readLabels(
  files: readonly ParquetFile[],
  { label, labelName, key }: ParquetColumns,
  classes: WantedClasses
): Promise<{ labels: RowLabels; keys: TextColumn | undefined }> {
  const labels = new LabelReader()
  const keys = key === undefined ? undefined : new TextColumn()
  await readColumns(files, label ?? [], (values, place) => {
    const expected = labels.push(labelName === undefined ? values : values[0], () => place)
    if (expected !== undefined) throw new SourceError(`${place}: the label must be ${expected}`)
  })
  await readColumns(files, key === undefined ? [] : [key], ([value], place) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw new SourceError(`${place} has no key`)
    keys!.push(String(value))
  })
  keys?.trim()
  if (label === undefined) return { labels: UNLABELLED, keys }
  return namedErrors(files[0]!.name, async () => ({ labels: labels.finish(classes), keys }))
}

/** Hands over the values of some columns, row by row, in the order of the files; 64-bit integers come as numbers. */
async function readColumns(
  files: readonly ParquetFile[],
  paths: readonly (readonly string[])[],
  take: (values: readonly unknown[], place: string) => void
): Promise<void> {
  if (paths.length === 0) return
  for (const file of files) {
    await namedErrors(file.name, async () => {
      let row = 0
      for (let group = 0; group < file.groups.length; group += AT_ONCE) {
        const batch = file.groups.slice(group, group + AT_ONCE).map((_, i) => readGroup(file, group + i, paths))
        for (const columns of await Promise.all(batch)) {
          for (let i = 0; i < columns[0]!.length; i++, row++)
            take(
              columns.map(column => plain(column[i])),
              `row ${row}`
            )
        }
      }
    })
  }
}

async function readGroup(
  file: ParquetFile,
  group: number,
  paths: readonly (readonly string[])[]
): Promise<(readonly unknown[])[]> {
  const columns: (readonly unknown[])[] = []
  for (const path of paths) columns.push(await readPart(file, group, path, wholeOf(file, group, path)))
  return columns
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return Array.isArray(value) ? value.map(plain) : value
}
