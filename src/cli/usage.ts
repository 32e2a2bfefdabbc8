/** What was typed, and what is said of it. */

/** A mistake in what was typed: shown as it is, without a stack. */
export class UsageError extends Error {}

/** An argument or option, and what it is for. */
export type HelpRow = readonly [name: string, text: string]

/** The text of `--help`: how the command is written, what it does, what it takes. */
export function helpText(usage: string, text: string, rows: readonly HelpRow[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return `millrace ${usage}\n\n${text}\n\n${rows.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`).join('\n')}`
}

/** The whole number that an option was given as; undefined where it was not given. */
export function whole<T extends string | undefined>(
  option: string,
  text: T,
  min: number
): T extends string ? number : number | undefined
export function whole(option: string, text: string | undefined, min: number): number | undefined {
  const value = Number(text)
  if (text === undefined || (Number.isSafeInteger(value) && value >= min)) return text === undefined ? undefined : value
  throw new UsageError(`${option} must be a whole number of at least ${min}, but is ${text}.`)
}
