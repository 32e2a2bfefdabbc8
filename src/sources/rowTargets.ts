/** Boxes and keypoints of a table's rows, as numbers. */
import type { Box, Keypoint } from '../sample.js'
import { ListColumn } from './columns.js'

/** What a cell held, or what was expected in its place. */
type Read<T> = { readonly list: T } | { readonly expected: string }

const NONE = Number.NaN // in place of a label or a visibility that is not given
const BOX = 5 // numbers
const KEYPOINT = 4

/** The boxes of each row. */
export class BoxColumn {
  readonly #lists = new ListColumn()

  /** Adds the boxes of a row; says what was expected in their place, where they are none. */
  push(cell: unknown): string | undefined {
    const read = readList(cell, BOXES, item => {
      const [x1, y1, x2, y2, label = NONE] = Array.isArray(item) ? item : own(item, ['x1', 'y1', 'x2', 'y2', 'label'])
      const numbers = [x1, y1, x2, y2, label] as number[]
      return isPlain(item, 4, 5) && numbers.slice(0, 4).every(Number.isFinite) && isLabel(label) ? numbers : undefined
    })
    if ('expected' in read) return read.expected
    for (let i = 0; i < read.list.length; i += BOX) {
      const [x1, y1, x2, y2] = read.list.slice(i, i + 4) as [number, number, number, number]
      if (x2 < x1 || y2 < y1) {
        return `boxes from x1, y1 to a larger x2, y2 (box ${i / BOX} goes from ${x1}, ${y1} to ${x2}, ${y2}: is it x, y, width, height?)`
      }
    }
    this.#lists.push(read.list)
    return undefined
  }

  at(row: number): readonly Box[] {
    const list = this.#lists.at(row)
    return Array.from({ length: list.length / BOX }, (_, i) => {
      const [x1, y1, x2, y2, label] = list.subarray(i * BOX) as unknown as [number, number, number, number, number]
      return Number.isNaN(label) ? { x1, y1, x2, y2 } : { x1, y1, x2, y2, label }
    })
  }

  get lists(): ListColumn {
    return this.#lists
  }
}

/** The keypoints of each row. */
export class KeypointColumn {
  readonly #lists = new ListColumn()

  push(cell: unknown): string | undefined {
    const read = readList(cell, KEYPOINTS, item => {
      const [x, y, label = NONE, visible = true] = Array.isArray(item)
        ? item
        : own(item, ['x', 'y', 'label', 'visible'])
      const fits = isPlain(item, 2, 3) && Number.isFinite(x) && Number.isFinite(y) && isLabel(label)
      if (!fits || typeof visible !== 'boolean') return undefined
      return [x as number, y as number, label, visible ? NONE : 0]
    })
    if ('expected' in read) return read.expected
    this.#lists.push(read.list)
    return undefined
  }

  at(row: number): readonly Keypoint[] {
    const list = this.#lists.at(row)
    return Array.from({ length: list.length / KEYPOINT }, (_, i) => {
      const [x, y, label, visible] = list.subarray(i * KEYPOINT) as unknown as [number, number, number, number]
      const point = Number.isNaN(label) ? { x, y } : { x, y, label }
      return visible === 0 ? { ...point, visible: false } : point
    })
  }

  get lists(): ListColumn {
    return this.#lists
  }
}

const BOXES = 'boxes, as [[x1, y1, x2, y2, label?], …] or [{ "x1", "y1", "x2", "y2", "label"? }, …] in pixels'
const KEYPOINTS = 'keypoints, as [[x, y, label?], …] or [{ "x", "y", "label"?, "visible"? }, …] in pixels'

/** All items of a list, one after the other; a cell that is empty has none. */
function readList(
  cell: unknown,
  expected: string,
  numbersOf: (item: unknown) => readonly number[] | undefined
): Read<number[]> {
  if (cell === undefined || cell === null || cell === '') return { list: [] }
  if (!Array.isArray(cell)) return { expected }
  const list: number[] = []
  for (const item of cell) {
    const numbers = numbersOf(item)
    if (numbers === undefined) return { expected }
    list.push(...numbers)
  }
  return { list }
}

/** Properties of its own, so that those of every object are none. */
function own(item: unknown, names: readonly string[]): unknown[] {
  if (typeof item !== 'object' || item === null) return []
  return names.map(name => (Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : undefined))
}

/** Whether a list has a fitting length; an object has been asked for what it must have. */
function isPlain(item: unknown, least: number, most: number): boolean {
  return !Array.isArray(item) || (item.length >= least && item.length <= most)
}

/** A whole number, or none. */
function isLabel(label: unknown): label is number {
  return Number.isNaN(label) || (Number.isSafeInteger(label) && (label as number) >= 0)
}
