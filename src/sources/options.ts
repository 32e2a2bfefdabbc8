/** Checks of options that several sources have. */
import { InvalidOptionError } from '../errors.js'

/** Refuses anything but a path. */
export function checkFolderOption(caller: string, option: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && value !== '') return
  throw new InvalidOptionError({ caller, option, expected: 'the path of a folder', received: value })
}

/** Whether a value is a pair of fractions [from, to] with 0 <= from < to <= 1. */
export function isSubset(value: unknown): value is readonly [from: number, to: number] {
  const [from, to] = (Array.isArray(value) && value.length === 2 ? value : []) as unknown[]
  return typeof from === 'number' && typeof to === 'number' && from >= 0 && from < to && to <= 1
}
