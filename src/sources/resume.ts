/** Whether a cursor can be resumed here. Every refusal is one sentence: what the cursor says, what is the case here. */
import type { Cursor } from '../cursor.js'
import { CursorError, show } from '../errors.js'
import { isSubset } from './options.js'

/** Takes any value and gives it back as the cursor it is, or says why it is none. */
export function checkCursor(caller: string, value: unknown): Cursor {
  const cursor = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Cursor
  if (typeof cursor.version !== 'number') {
    const hint = typeof value === 'string' ? '; a file has to be read and given to JSON.parse first' : ''
    throw new CursorError(
      `${caller}: \`resume\` must be a cursor, as batch.cursor gives it, but is ${show(value)}${hint}.`
    )
  }
  if (cursor.version !== 1) {
    throw new CursorError(
      `${caller}: \`resume\` is a cursor of version ${cursor.version}, but this Millrace reads version 1; resume with the Millrace that wrote it.`
    )
  }
  for (const [name, fits] of Object.entries(FIELDS)) {
    const field = (cursor as unknown as Record<string, unknown>)[name]
    if (fits(field)) continue
    throw new CursorError(
      `${caller}: \`resume\` is a damaged cursor: its \`${name}\` is ${show(field)}; take another one.`
    )
  }
  return cursor
}

/** Refuses a cursor that contradicts the options that were given. */
export function refuseMisfit(
  caller: string,
  cursor: Cursor,
  given: { seed?: unknown; shuffle?: unknown; subset?: unknown },
  shards: number
): void {
  for (const name of ['seed', 'shuffle', 'subset'] as const) {
    const here = given[name]
    if (here === undefined || String(here) === String(cursor[name])) continue
    throw new CursorError(
      `${caller}: the cursor was taken with ${name} ${JSON.stringify(cursor[name])}, but ${name} is ${JSON.stringify(here)} here; leave \`${name}\` out to take it from the cursor.`
    )
  }
  if (cursor.gaps && cursor.shards !== shards) {
    throw new CursorError(
      `${caller}: the cursor was taken with ${cursor.shards} shards after samples had been filtered away, so it cannot be resumed with ${shards}; use ${cursor.shards} shards again.`
    )
  }
}

/** Refuses a cursor of other data. */
export function refuseOtherData(caller: string, cursor: Cursor, fingerprint: string): void {
  if (cursor.source === fingerprint) return
  throw new CursorError(
    `${caller}: the cursor belongs to other data (fingerprint ${cursor.source}, here ${fingerprint}); resume it with the data set it was taken from, with the same keys, labels and classes.`
  )
}

/** Refuses a cursor of another sampler, or of data sets that were mixed in another way. */
export function refuseOtherOrder(caller: string, cursor: Cursor, print: string | undefined): void {
  if (cursor.order === print) return
  const [then, now] = [cursor.order, print].map(order => (order === undefined ? 'none' : JSON.stringify(order)))
  throw new CursorError(
    `${caller}: the cursor was taken with another sampler, or with other weights or options of what is mixed (${then}, here ${now}); resume with the same.`
  )
}

/** Refuses a cursor of another `windowShuffle`. */
export function refuseOtherWindow(caller: string, cursor: Cursor, window: number | undefined): void {
  if (cursor.window === window) return
  const [then, now] = [cursor.window, window].map(size =>
    size === undefined ? 'no windowShuffle' : `windowShuffle(${size})`
  )
  throw new CursorError(`${caller}: the cursor was taken with ${then}, but there is ${now} here; resume with the same.`)
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  source: isShort,
  seed: value => Number.isSafeInteger(value),
  shuffle: value => typeof value === 'boolean',
  epochs: value => value === 'Infinity' || isCount(value, 1),
  subset: isSubset,
  order: value => value === undefined || isShort(value),
  window: value => value === undefined || isCount(value, 2),
  shards: value => isCount(value, 1),
  epoch: value => isCount(value, 0) && value < 2 ** 32,
  position: value => isCount(value, 0),
  batch: value => isCount(value, 0),
  gaps: value => typeof value === 'boolean',
  steps: isShort,
  codec: isShort,
  moving: value => value === undefined || isMoments(value)
}

function isMoments(value: unknown): boolean {
  const { mean, variance } = (value ?? {}) as { mean?: unknown; variance?: unknown }
  return [mean, variance].every(list => Array.isArray(list) && list.every(Number.isFinite))
}

function isCount(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min
}

/** No string that Millrace writes is long, and this one may be shown in a message. */
function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 200
}
