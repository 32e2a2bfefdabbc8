/** The labels of samples in shards: what they say, and what it means for all of them together. */
import { SourceError, show as shown } from '../errors.js'
import type { Label } from '../sample.js'
import { byBytes } from './scanImages.js'
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

/** All labels, with the classes that they are of. */
export interface SettledLabels {
  readonly classes: number | undefined
  readonly classNames: readonly string[] | undefined
  labelAt(index: number): Label
  /** Undefined where labels are no classes. */
  readonly classOf: ((index: number) => number) | undefined
}

/** Gives each name the index that it has in `names`; without these, in the byte order of all names there are. */
export function settleLabels(
  labels: readonly RawLabel[],
  keyAt: (index: number) => string,
  { classes, classNames }: Pick<SettledLabels, 'classes' | 'classNames'>
): SettledLabels {
  const found = new Set(labels.filter(label => typeof label === 'string'))
  const names = classNames ?? (found.size > 0 && classes === undefined ? [...found].sort(byBytes) : undefined)
  const count = names?.length ?? classes
  const indices = new Map(names?.map((name, i) => [name, i]))
  const fail = (i: number, what: string): SourceError =>
    new SourceError(`tarShards: the label of sample ${keyAt(i)} ${what}; see the option \`classes\`.`, {
      key: keyAt(i)
    })
  const settled = labels.map((label, i): Label => {
    if (typeof label === 'object') return Float32Array.from(label)
    if (typeof label === 'number') {
      if (count === undefined || (Number.isInteger(label) && label >= 0 && label < count)) return label
      throw fail(i, `is ${label}, but there are ${count} classes`)
    }
    const index = indices.get(label)
    if (index !== undefined) return index
    throw fail(
      i,
      `is ${JSON.stringify(label)}, but the classes are ${names?.slice(0, 9).join(', ') ?? 'not known by name'}`
    )
  })
  const areClasses = settled.every(label => typeof label === 'number')
  const classOf = areClasses ? (index: number) => settled[index] as number : undefined
  return { classes: count, classNames: names && Object.freeze([...names]), labelAt: i => settled[i]!, classOf }
}
