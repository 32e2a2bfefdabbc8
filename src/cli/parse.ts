/** Reads expressions such as `sometimes(0.5, randomFlip({ p: 1 }))`. They are read, not evaluated. */

/** A call of an operator with its arguments. */
export interface Call {
  readonly name: string
  readonly args: readonly Value[]
}

export type Value = Call | number | string | boolean | null | undefined | Value[] | { [name: string]: Value }

/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {}

/** Whether a value is a call. */
export function isCall(value: Value): value is Call {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value[CALL as never] === true
}

/** Marks calls among other objects. */
const CALL = Symbol('call')

/**
 * Reads one call. Arguments are numbers, strings, true, false, null, undefined, lists, objects and calls, written as
 * in JavaScript. A name alone stands for a call without arguments.
 *
 * @throws ExpressionError
 */
export function parseCall(text: string): Call {
  const reader = new Reader(text)
  const call = reader.value()
  if (!isCall(call)) throw reader.error('an operator, such as cutout({ size: 16 })', 0)
  reader.end()
  return call
}

const WORDS: Readonly<Record<string, Value>> = {
  true: true,
  false: false,
  null: null,
  undefined: undefined,
  Infinity: Number.POSITIVE_INFINITY
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Value {
    const char = this.#peek()
    if (char === '[') return this.#list('[', ']', () => this.value())
    if (char === '{') return this.#object()
    if (char === "'" || char === '"') return this.#string(char)
    const number = this.#match(/[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?/iy)
    if (number !== undefined) return Number(number.replaceAll('_', ''))
    const name = this.#match(/[A-Za-z_$][\w$]*/y)
    if (name === undefined) throw this.error('a value')
    if (Object.hasOwn(WORDS, name)) return WORDS[name]
    const args = this.#peek() === '(' ? this.#list('(', ')', () => this.value()) : []
    return { [CALL]: true, name, args } as unknown as Call
  }

  end(): void {
    if (this.#peek() !== '') throw this.error('nothing more')
  }

  error(expected: string, at: number = this.#at): ExpressionError {
    const found = at < this.#text.length ? JSON.stringify(this.#text.slice(at, at + 12)) : 'the end'
    return new ExpressionError(`${this.#text}\n${' '.repeat(at)}^ expected ${expected}, but found ${found}`)
  }

  #object(): { [name: string]: Value } {
    const entries = this.#list('{', '}', () => {
      const quote = this.#peek()
      const name = quote === "'" || quote === '"' ? this.#string(quote) : this.#match(/[A-Za-z_$][\w$]*/y)
      if (name === undefined) throw this.error("an option's name")
      this.#take(':')
      return [name, this.value()] as const
    })
    return Object.fromEntries(entries)
  }

  #list<T>(open: string, close: string, item: () => T): T[] {
    const items: T[] = []
    this.#take(open)
    while (this.#peek() !== close) {
      items.push(item())
      if (this.#peek() !== close) this.#take(',', `"," or "${close}"`)
    }
    this.#take(close)
    return items
  }

  #string(quote: string): string {
    const start = this.#at
    const end = this.#text.indexOf(quote, start + 1)
    if (end < 0) throw this.error(`a closing ${quote}`, this.#text.length)
    this.#at = end + 1
    return this.#text.slice(start + 1, end)
  }

  #take(char: string, expected = `"${char}"`): void {
    if (this.#peek() !== char) throw this.error(expected)
    this.#at++
  }

  #match(pattern: RegExp): string | undefined {
    this.#peek()
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  /** The next character that is no space; '' at the end. */
  #peek(): string {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++
    return this.#text.charAt(this.#at)
  }
}
