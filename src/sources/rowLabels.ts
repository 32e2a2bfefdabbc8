/** The labels of a table's rows: class indices, class names, or vectors; one kind for all rows. */
import { SourceError, show } from '../errors.js'
import type { Label } from '../sample.js'
import { bytesOf, Growing } from './columns.js'
import { byBytes } from './scanImages.js'

/** Labels of all rows, and the classes that follow from them. */
export interface RowLabels {
  at(row: number): Label
  readonly classOf: ((row: number) => number) | undefined
  readonly classes: number | undefined
  readonly classNames: readonly string[] | undefined
  /** For a hash. */
  readonly parts: readonly (string | Uint8Array)[]
}

const ZERO = new Float32Array(1)

/** Rows without labels: each gets a vector of one zero. */
export const UNLABELLED: RowLabels = {
  at: () => ZERO,
  classOf: undefined,
  classes: undefined,
  classNames: undefined,
  parts: []
}

/** The classes that the user named, if any. */
export interface WantedClasses {
  readonly classes: number | undefined
  readonly classNames: readonly string[] | undefined
}

/** A class as it stands in a cell. */
interface Entry {
  readonly code: number
  /** Where it was found first. */
  readonly place: string
}

/** Without `classes`, an index above this is more likely to be no class index at all. */
const MOST_CLASSES = 1_000_000
const INDEX = /^(0|[1-9]\d{0,8})$/

/** Takes the labels row by row. */
export class LabelReader {
  readonly #codes = new Growing(Uint32Array)
  readonly #entries = new Map<string, Entry>()
  readonly #values = new Growing(Float32Array)
  #kind: 'classes' | 'indices' | 'vectors' | undefined
  #width = 0

  /** Adds a label; says what was expected in its place, where it is none. */
  push(label: unknown, place: () => string): string | undefined {
    if (typeof label === 'string' && label !== '') return this.#class('classes', label, place)
    if (typeof label === 'number' && INDEX.test(String(label))) return this.#class('indices', String(label), place)
    if (Array.isArray(label) && label.every(Number.isFinite)) return this.#vector(label as number[])
    return 'a class index, a class name or a list of numbers; a single number that is no class goes into a list'
  }

  /** All labels, after the last row. */
  finish(wanted: WantedClasses): RowLabels {
    if (this.#kind === 'vectors') return this.#vectors(wanted)
    const names = [...this.#entries.keys()]
    const isNamed = this.#kind === 'classes' && wanted.classNames !== undefined && names.every(isIn(wanted.classNames))
    if (!isNamed && names.every(name => INDEX.test(name))) return this.#indices(wanted)
    return this.#named(wanted)
  }

  #class(kind: 'classes' | 'indices', name: string, place: () => string): string | undefined {
    this.#kind ??= kind
    if (this.#kind !== kind) return this.#expected()
    let entry = this.#entries.get(name)
    if (entry === undefined) {
      entry = { code: this.#entries.size, place: place() }
      this.#entries.set(name, entry)
    }
    this.#codes.push(entry.code)
    return undefined
  }

  #vector(values: readonly number[]): string | undefined {
    this.#kind ??= 'vectors'
    if (this.#kind !== 'vectors') return this.#expected()
    if (this.#width === 0) this.#width = values.length
    if (values.length !== this.#width || values.length === 0) return `a list of ${this.#width || 'some'} numbers`
    this.#values.room(values.length).set(values)
    this.#values.length += values.length
    return undefined
  }

  #expected(): string {
    const kinds = { classes: 'a class name', indices: 'a class index', vectors: `a list of ${this.#width} numbers` }
    return `${kinds[this.#kind!]}, as in the rows before`
  }

  #vectors({ classes, classNames }: WantedClasses): RowLabels {
    if (classes !== undefined && classes !== this.#width) {
      throw new SourceError(
        `the labels are lists of ${this.#width} numbers, but \`classes\` says ${classes}; give it as many, or leave it out`
      )
    }
    this.#values.trim()
    const values = this.#values.values()
    const width = this.#width
    return {
      at: row => values.slice(row * width, (row + 1) * width),
      classOf: undefined,
      classes,
      classNames,
      parts: [`${width}:`, bytesOf(values)]
    }
  }

  #indices({ classes, classNames }: WantedClasses): RowLabels {
    let most = 0
    for (const [name, { place }] of this.#entries) {
      most = Math.max(most, Number(name) + 1)
      if (Number(name) < (classes ?? MOST_CLASSES)) continue
      const hint = classes === undefined ? `; where there are so many classes, say so with \`classes\`` : ''
      throw new SourceError(
        `${place}: the label ${name} is none of the classes 0 to ${(classes ?? MOST_CLASSES) - 1}${hint}`
      )
    }
    return this.#classes([...this.#entries.keys()].map(Number), classes ?? most, classNames)
  }

  #named({ classes, classNames }: WantedClasses): RowLabels {
    const names = classNames ?? [...this.#entries.keys()].sort(byBytes)
    if (classNames === undefined && classes !== undefined && classes !== names.length) {
      throw new SourceError(
        `the labels name ${names.length} classes, but \`classes\` says ${classes}; give it the list of names instead`
      )
    }
    const index = new Map(names.map((name, i) => [name, i]))
    const labels = [...this.#entries].map(([name, { place }]) => {
      const label = index.get(name)
      if (label !== undefined) return label
      throw new SourceError(`${place}: the label ${show(name)} is none of the classes that \`classes\` lists`)
    })
    return this.#classes(labels, names.length, Object.freeze([...names]))
  }

  #classes(labels: readonly number[], classes: number, classNames: readonly string[] | undefined): RowLabels {
    this.#codes.trim()
    const codes = this.#codes.values()
    for (let i = 0; i < codes.length; i++) codes[i] = labels[codes[i]!]!
    const at = (row: number): number => codes[row]!
    return { at, classOf: at, classes, classNames, parts: [bytesOf(codes)] }
  }
}

function isIn(names: readonly string[]): (name: string) => boolean {
  const set = new Set(names)
  return name => set.has(name)
}
