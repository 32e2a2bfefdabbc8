/** Columns of a table of many rows, in memory that the garbage collector need not look through. */

type Numbers = Uint8Array | Uint32Array | Float32Array | Float64Array

/** An array of numbers that grows at its end. */
export class Growing<T extends Numbers> {
  length = 0
  #numbers: T
  readonly #kind: new (
    length: number
  ) => T

  constructor(kind: new (length: number) => T) {
    this.#kind = kind
    this.#numbers = new kind(1024)
  }

  push(value: number): void {
    this.room(1)[0] = value
    this.length++
  }

  /** Free places at the end, `count` of them at least; whoever fills some adds them to `length`. */
  room(count: number): T {
    if (this.length + count > this.#numbers.length) {
      const larger = new this.#kind(Math.max(2 * this.#numbers.length, this.length + count))
      larger.set(this.values())
      this.#numbers = larger
    }
    return this.#numbers.subarray(this.length) as T
  }

  at(index: number): number {
    return this.#numbers[index]!
  }

  /** All of them, as a view. */
  values(): T {
    return this.#numbers.subarray(0, this.length) as T
  }

  /** Gives back what is not used; after the last one was added. */
  trim(): void {
    this.#numbers = this.#numbers.slice(0, this.length) as T
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Texts, as UTF-8: a byte for most characters, and eight bytes a text. */
export class TextColumn {
  readonly #bytes = new Growing(Uint8Array)
  readonly #ends = new Growing(Float64Array)

  get length(): number {
    return this.#ends.length
  }

  push(text: string): void {
    const { written } = encoder.encodeInto(text, this.#bytes.room(3 * text.length))
    this.#bytes.length += written
    this.#ends.push(this.#bytes.length)
  }

  at(index: number): string {
    const start = index === 0 ? 0 : this.#ends.at(index - 1)
    return decoder.decode(this.#bytes.values().subarray(start, this.#ends.at(index)))
  }

  trim(): void {
    this.#bytes.trim()
    this.#ends.trim()
  }

  /** All that makes it what it is, for a hash. */
  parts(): Uint8Array[] {
    return [bytesOf(this.#bytes.values()), bytesOf(this.#ends.values())]
  }
}

/** Lists of numbers, one a row. */
export class ListColumn {
  readonly #numbers = new Growing(Float64Array)
  readonly #ends = new Growing(Float64Array)

  push(list: readonly number[]): void {
    for (const value of list) this.#numbers.push(value)
    this.#ends.push(this.#numbers.length)
  }

  at(index: number): Float64Array {
    const start = index === 0 ? 0 : this.#ends.at(index - 1)
    return this.#numbers.values().subarray(start, this.#ends.at(index))
  }

  trim(): void {
    this.#numbers.trim()
    this.#ends.trim()
  }

  parts(): Uint8Array[] {
    return [bytesOf(this.#numbers.values()), bytesOf(this.#ends.values())]
  }
}

/** The bytes of numbers, as a view. */
export function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The place of the last number that is not above the value; the first one is not, and none is smaller than the one before. */
export function lastUpTo(numbers: ArrayLike<number>, value: number): number {
  let low = 0
  for (let high = numbers.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1
    if (numbers[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}
