/** Encoded images in a column of Parquet files, reached by row; what was read last stays in memory. */
import { LRUCache } from 'lru-cache'
import { lastUpTo } from './columns.js'
import { type ColumnPart, partsOf, readPart } from './parquetColumn.js'
import { namedErrors, type ParquetFile } from './parquetFile.js'

/** The place of a row. */
export interface RowPlace {
  readonly file: ParquetFile
  readonly group: number
  /** Of the group. */
  readonly row: number
}

/** Rows of one part of a column, in memory. */
interface Part {
  readonly key: string
  readonly values: readonly unknown[]
  readonly bytes: number
}

/** The parts of a group, and the first row of each. */
interface Index {
  readonly parts: readonly ColumnPart[]
  readonly firsts: readonly number[]
}

const PER_ROW = 200 // bytes of memory, besides the image

/** A column of bytes. */
export class BytesColumn {
  readonly #path: readonly string[]
  readonly #cache: LRUCache<string, Part>
  /** Kept whatever its size, because the next row is often in the same part. */
  #last: Part | undefined
  readonly #coming = new Map<string, Promise<Part>>()
  readonly #indices = new Map<string, Promise<Index>>()

  constructor(path: readonly string[], maxBytes: number) {
    this.#path = path
    this.#cache = new LRUCache({ maxSize: maxBytes, sizeCalculation: part => part.bytes })
  }

  /** The image in a row; no bytes where there is none. */
  async at({ file, group, row }: RowPlace): Promise<Uint8Array> {
    return namedErrors(file.name, async () => {
      const { firsts, parts } = await this.#index(file, group)
      const i = lastUpTo(firsts, row)
      const part = await this.#part(file, group, i, parts[i]!)
      const value = part.values[row - parts[i]!.first]
      // A view would keep all of the part in memory, and take it along to a worker.
      return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array(0)
    })
  }

  #index(file: ParquetFile, group: number): Promise<Index> {
    const key = `${file.index} ${group}`
    let index = this.#indices.get(key)
    if (index === undefined) {
      index = partsOf(file, group, this.#path).then(parts => ({ parts, firsts: parts.map(({ first }) => first) }))
      this.#indices.set(key, index)
      index.catch(() => this.#indices.delete(key))
    }
    return index
  }

  #part(file: ParquetFile, group: number, i: number, place: ColumnPart): Part | Promise<Part> {
    const key = `${file.index} ${group} ${i}`
    if (this.#last?.key === key) return this.#last
    const here = this.#cache.get(key)
    if (here !== undefined) return here
    let coming = this.#coming.get(key)
    if (coming === undefined) {
      coming = this.#read(key, file, group, place).finally(() => this.#coming.delete(key))
      this.#coming.set(key, coming)
    }
    return coming
  }

  async #read(key: string, file: ParquetFile, group: number, place: ColumnPart): Promise<Part> {
    const values = await readPart(file, group, this.#path, place)
    const bytes = values.reduce<number>((sum, value) => sum + PER_ROW + ((value as Uint8Array | null)?.length ?? 0), 1)
    const part = { key, values, bytes }
    this.#cache.set(key, part)
    this.#last = part
    return part
  }
}
