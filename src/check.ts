/** Checks of options, shared by every public function: they throw {@link InvalidOptionError} at the call. */
import { InvalidOptionError } from './errors.js'

/** Refuses anything but a whole number within `[min, max]`. */
export function checkInteger(
  caller: string,
  option: string,
  value: unknown,
  { min = 0, max = Number.MAX_SAFE_INTEGER, hint }: { min?: number; max?: number; hint?: string } = {}
): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `between ${min} and ${max}`
  throw new InvalidOptionError({ caller, option, expected: `a whole number ${range}`, received: value, hint })
}

/** Refuses anything but a finite number within `[min, max]`. */
export function checkNumber(
  caller: string,
  option: string,
  value: unknown,
  { min = -Infinity, max = Infinity, hint }: { min?: number; max?: number; hint?: string } = {}
): asserts value is number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return
  const range =
    min === -Infinity && max === Infinity ? '' : max === Infinity ? ` of at least ${min}` : ` between ${min} and ${max}`
  throw new InvalidOptionError({ caller, option, expected: `a finite number${range}`, received: value, hint })
}

/** Refuses anything but a probability. */
export function checkProbability(caller: string, option: string, value: unknown): asserts value is number {
  checkNumber(caller, option, value, { min: 0, max: 1 })
}

/** Refuses anything but a pair `[low, high]` of finite numbers with `min <= low <= high <= max`. */
export function checkRange(
  caller: string,
  option: string,
  value: unknown,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}
): asserts value is readonly [number, number] {
  const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : []
  const fits = typeof low === 'number' && typeof high === 'number' && low >= min && low <= high && high <= max
  if (fits && Number.isFinite(low) && Number.isFinite(high)) return
  const within = max === Infinity ? (min === -Infinity ? '' : ` of at least ${min}`) : ` within [${min}, ${max}]`
  throw new InvalidOptionError({ caller, option, expected: `a pair [low, high] of numbers${within}`, received: value })
}

/** Refuses anything but one of the given values. */
export function checkOneOf<T>(
  caller: string,
  option: string,
  value: unknown,
  allowed: readonly T[]
): asserts value is T {
  if (allowed.includes(value as T)) return
  const list = allowed.map(item => (typeof item === 'string' ? `'${item}'` : String(item))).join(', ')
  throw new InvalidOptionError({ caller, option, expected: `one of ${list}`, received: value })
}

/** Refuses anything but a function. */
export function checkFunction(caller: string, option: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new InvalidOptionError({ caller, option, expected: 'a function', received: value })
}

/** Refuses options that are no plain object, and names that the function does not know. */
export function checkOptions(caller: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidOptionError({ caller, option: 'options', expected: 'an object', received: options })
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const expected = known.length === 0 ? 'absent (there are no options)' : `one of the options ${known.join(', ')}`
    throw new InvalidOptionError({
      caller,
      option: name,
      expected,
      received: (options as Record<string, unknown>)[name]
    })
  }
}
