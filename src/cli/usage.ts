import { KINDS } from './kinds.js'

/** A mistake in what was typed: shown as it is, without a stack. */
export class UsageError extends Error {}

/** The whole number that an option was given as. */
export function whole(option: string, text: string, min: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new UsageError(`${option} must be a whole number of at least ${min}, but is ${text}.`)
}

/** The images that a command was given, and nothing else. */
export function onlyName([name, ...rest]: readonly string[], help: string): string {
  if (name === undefined) throw new UsageError(`Say which images: ${KINDS}.\n\n${help}`)
  if (rest.length > 0) throw new UsageError(`One folder or data set is expected, but ${rest.join(', ')} came as well.`)
  return name
}
