/** What the files of a shard say of the labels. */
import { SourceError, show as shown } from '../errors.js'
import type { TarMember } from './tar.js'

/** A class index, a class name, or a vector. */
export type RawLabel = number | string | readonly number[]

/** Whether a file of a shard may tell the label. */
export function isLabelFile(name: string): boolean {
  return /\.(cls|json|txt)$/i.test(name)
}

/**
 * The label of a sample: the given field of its `.json`; without one, its `.cls`, the field `label` of its `.json`, or
 * its `.txt`, whichever is there.
 */
export function readLabel(
  show: string,
  key: string,
  group: ReadonlyMap<string, TarMember>,
  field: string | undefined
): RawLabel {
  const text = (extension: string): string | undefined => {
    const bytes = group.get(extension)?.bytes
    return bytes && new TextDecoder().decode(bytes).trim()
  }
  const named = text('cls')
  if (field === undefined && named !== undefined) return word(show, key, '.cls', named)
  const json = text('json')
  const value = json === undefined ? undefined : fieldOf(show, key, json, field ?? 'label')
  if (value !== undefined) return value
  const words = text('txt')
  if (field === undefined && words !== undefined) return word(show, key, '.txt', words)
  const wanted = field === undefined ? '.cls, .json with the field label, or .txt' : `.json with the field ${field}`
  throw new SourceError(`${show}: sample ${key} has no label (${wanted}).`, { key })
}

/** Longer words are texts, and no names of classes. */
const LONGEST_NAME = 200

function word(show: string, key: string, extension: string, text: string): RawLabel {
  if (/^\d+$/.test(text)) return Number(text)
  if (text !== '' && text.length <= LONGEST_NAME) return text
  throw new SourceError(
    `${show}: the ${extension} of ${key} must be the index or name of a class, but is ${shown(text)}.`,
    {
      key
    }
  )
}

function fieldOf(show: string, key: string, json: string, field: string): RawLabel | undefined {
  let facts: unknown
  try {
    facts = JSON.parse(json)
  } catch (cause) {
    throw new SourceError(`${show}: the .json of ${key} cannot be read: ${(cause as Error).message}.`, { key, cause })
  }
  const isObject = typeof facts === 'object' && facts !== null && Object.hasOwn(facts, field)
  const value = isObject ? (facts as Record<string, unknown>)[field] : undefined
  if (value === undefined) return undefined
  if (typeof value === 'string') return word(show, key, `field ${field}`, value.trim())
  const isVector = Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
  if (isVector || Number.isFinite(value)) return value as RawLabel
  const expected = 'must be a number, a name or a list of numbers'
  throw new SourceError(`${show}: the field ${field} of ${key} ${expected}, but is ${shown(value)}.`, { key })
}
