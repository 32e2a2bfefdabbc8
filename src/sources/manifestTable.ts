/** A manifest in memory: its columns, checked row by row while they are read. */
import { SourceError, show } from '../errors.js'
import type { Box, Keypoint } from '../sample.js'
import { TextColumn } from './columns.js'
import type { ManifestColumns } from './manifestColumns.js'
import type { Locate } from './manifestPaths.js'
import { type ManifestRow, parseJson } from './manifestRows.js'
import { LabelReader } from './rowLabels.js'
import { BoxColumn, KeypointColumn } from './rowTargets.js'

/** The columns of all rows. Paths are kept as they were written, and located when they are asked for. */
export class ManifestTable {
  readonly labels: LabelReader = new LabelReader()
  readonly #columns: ManifestColumns
  readonly #locate: Locate
  readonly #root: string
  readonly #images = new TextColumn()
  readonly #masks: TextColumn | undefined
  readonly #keys: TextColumn | undefined
  readonly #boxes: BoxColumn | undefined
  readonly #keypoints: KeypointColumn | undefined

  constructor(columns: ManifestColumns, locate: Locate, root: string) {
    this.#columns = columns
    this.#locate = locate
    this.#root = root
    this.#masks = columns.mask === undefined ? undefined : new TextColumn()
    this.#keys = columns.key === undefined ? undefined : new TextColumn()
    this.#boxes = columns.boxes === undefined ? undefined : new BoxColumn()
    this.#keypoints = columns.keypoints === undefined ? undefined : new KeypointColumn()
  }

  get size(): number {
    return this.#images.length
  }

  /** @throws SourceError that names line and column */
  add(row: ManifestRow): void {
    const { image, mask, key, boxes, keypoints, late } = this.#columns
    for (const name of late) {
      if (row.get(name) === undefined) continue
      throw new SourceError(
        `line ${row.line} has a ${JSON.stringify(name)}, but the first row has none; name that column in the options`
      )
    }
    this.#images.push(this.#pathAt(row, image))
    this.#addLabel(row)
    if (mask !== undefined) this.#masks!.push(this.#pathAt(row, mask))
    if (key !== undefined) this.#keys!.push(this.#keyAt(row, key))
    if (boxes !== undefined) refuse(row, boxes, this.#boxes!.push(parsed(row.get(boxes))))
    if (keypoints !== undefined) refuse(row, keypoints, this.#keypoints!.push(parsed(row.get(keypoints))))
  }

  key(index: number): string {
    return (this.#keys ?? this.#images).at(index)
  }

  image(index: number): string {
    return this.#locate.at(this.#images.at(index))
  }

  mask(index: number): string | undefined {
    return this.#masks && this.#locate.at(this.#masks.at(index))
  }

  boxes(index: number): readonly Box[] | undefined {
    return this.#boxes?.at(index)
  }

  keypoints(index: number): readonly Keypoint[] | undefined {
    return this.#keypoints?.at(index)
  }

  get hasTargets(): boolean {
    return (this.#masks ?? this.#boxes ?? this.#keypoints) !== undefined
  }

  /** After the last row: gives back the memory that is not used, and gives what a hash is made of. */
  finish(): Uint8Array[] {
    const columns = [this.#images, this.#masks, this.#keys, this.#boxes?.lists, this.#keypoints?.lists]
    return columns.flatMap(column => {
      column?.trim()
      return column?.parts() ?? []
    })
  }

  #addLabel(row: ManifestRow): void {
    const { label } = this.#columns
    if (label === undefined) return
    if (typeof label === 'string') {
      const cell = row.get(label)
      const value = typeof cell === 'string' && cell.startsWith('[') ? parsed(cell) : cell
      refuse(
        row,
        label,
        this.labels.push(value, () => place(row, label)),
        cell
      )
      return
    }
    const values = label.map(column => {
      const cell = row.get(column)
      const value = typeof cell === 'string' && cell !== '' ? Number(cell) : cell
      if (!Number.isFinite(value)) refuse(row, column, 'a number', cell)
      return value
    })
    refuse(
      row,
      label[0]!,
      this.labels.push(values, () => place(row, label[0]!)),
      values
    )
  }

  #pathAt(row: ManifestRow, column: string): string {
    const path = row.get(column)
    if (typeof path !== 'string' || path === '') return refuse(row, column, 'the path of an image', path)
    if (this.#locate.has(path)) return path
    throw new SourceError(
      `${place(row, column)}: the path ${show(path)} leads out of ${this.#root}; write paths relative to that folder, or say with \`root\` where they may lead`
    )
  }

  #keyAt(row: ManifestRow, column: string): string {
    const key = row.get(column)
    if (typeof key === 'number') return String(key)
    return typeof key === 'string' && key !== '' ? key : refuse(row, column, 'a name', key)
  }
}

/** Lists stand as JSON in cells of text; what is no JSON stays text, which is no list. */
function parsed(cell: unknown): unknown {
  return typeof cell === 'string' && cell !== '' ? (parseJson(cell) ?? cell) : cell
}

function place({ line }: ManifestRow, column: string): string {
  return `line ${line}, column ${JSON.stringify(column)}`
}

function refuse(row: ManifestRow, column: string, expected: string, received?: unknown): never
function refuse(row: ManifestRow, column: string, expected: string | undefined, received?: unknown): void
function refuse(
  row: ManifestRow,
  column: string,
  expected: string | undefined,
  received: unknown = row.get(column)
): void {
  if (expected === undefined) return
  throw new SourceError(
    `${place(row, column)}: expected ${expected}, but it is ${received === '' ? 'empty' : show(received)}`
  )
}
