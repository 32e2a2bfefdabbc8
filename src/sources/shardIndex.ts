/** What a shard holds: its samples and where they lie; found by going through it, or read from a file beside it. */
import { SourceError } from '../errors.js'
import { besideOf, showLocation } from '../storage/location.js'
import type { ByteSource } from '../storage/openBytes.js'
import { readText } from '../storage/readAll.js'
import { insideParts } from '../storage/within.js'
import { isLabelFile, type RawLabel, readLabel } from './shardLabels.js'
import { scanTar, type TarMember } from './tar.js'

/** Offset and length, in bytes. */
export type Place = readonly [offset: number, length: number]

export interface ShardSample {
  readonly key: string
  readonly image: Place
  readonly mask: Place | undefined
  /** A class index, a class name, or a vector. */
  readonly label: RawLabel
}

export interface ShardIndex {
  /** Bytes of the shard. */
  readonly bytes: number
  /** Names of all classes, where whoever made the shard knew them. */
  readonly classes: readonly string[] | undefined
  readonly samples: readonly ShardSample[]
}

const IMAGES = new Set(['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff'])
const MASKS = new Set(['mask.png', 'seg.png'])

/** Where the index of a shard lies: `a.tar` has `a.tar.index.json`. */
export function indexLocation(shard: string): string {
  return besideOf(shard, name => `${name}.index.json`)
}

/** Goes through a shard: files whose names are the same up to their first dot are one sample. */
export async function scanShard(file: ByteSource, location: string, field: string | undefined): Promise<ShardIndex> {
  const show = showLocation(location)
  const groups = new Map<string, Map<string, TarMember>>()
  for (const member of await scanTar(file, show, isLabelFile)) {
    const parts = keyOf(show, member.name)
    if (parts === undefined) continue
    const [key, extension] = parts
    const group = groups.get(key) ?? new Map<string, TarMember>()
    groups.set(key, group)
    if (group.has(extension)) throw new SourceError(`${show} holds ${JSON.stringify(member.name)} twice.`)
    group.set(extension, member)
  }
  const samples = [...groups].map(([key, group]) => sampleOf(show, key, group, field))
  if (samples.length === 0) throw new SourceError(`${show} holds no samples.`)
  return { bytes: file.byteLength, classes: undefined, samples }
}

/** Key and extension of a file; undefined for hidden files. Names are never paths on this machine, and may not look so. */
function keyOf(show: string, name: string): readonly [key: string, extension: string] | undefined {
  const parts = insideParts(name)
  if (parts === undefined) {
    throw new SourceError(`${show} holds a file named ${JSON.stringify(name)}, which leads out of the archive.`)
  }
  const last = parts.at(-1)!
  const dot = last.indexOf('.')
  if (dot === 0) return undefined
  const base = dot < 0 ? last : last.slice(0, dot)
  return [[...parts.slice(0, -1), base].join('/'), dot < 0 ? '' : last.slice(dot + 1).toLowerCase()]
}

function sampleOf(
  show: string,
  key: string,
  group: ReadonlyMap<string, TarMember>,
  field: string | undefined
): ShardSample {
  const place = (names: ReadonlySet<string>): Place | undefined => {
    const found = [...group].filter(([extension]) => names.has(extension))
    if (found.length > 1) {
      throw new SourceError(`${show}: sample ${key} has ${found.map(([name]) => `.${name}`).join(' and ')}, not one.`)
    }
    return found[0] && [found[0][1].offset, found[0][1].length]
  }
  const image = place(IMAGES)
  if (image === undefined) {
    const there = [...group.keys()].map(name => `.${name}`).join(', ')
    throw new SourceError(`${show}: sample ${key} has no image (.${[...IMAGES].join(', .')}), only ${there}.`)
  }
  return { key, image, mask: place(MASKS), label: readLabel(show, key, group, field) }
}

/** Reads the index beside a shard; undefined where there is none. */
export async function readIndex(
  location: string,
  isThere: (path: string) => Promise<boolean>
): Promise<ShardIndex | undefined> {
  const beside = indexLocation(location)
  if (!(await isThere(beside))) return undefined
  return parseIndex(await readText(beside), showLocation(beside))
}

/** An index as text: one line for each sample, so that people and tools can read it. */
export function formatIndex({ bytes, classes, samples }: ShardIndex): string {
  const head = JSON.stringify({ format: FORMAT, bytes, classes })
  const rows = samples.map(({ key, image, mask, label }) =>
    JSON.stringify([key, label, image, ...(mask ? [mask] : [])])
  )
  return `${head.slice(0, -1)},"samples":[\n${rows.join(',\n')}\n]}\n`
}

const FORMAT = 'millrace shard index 1'

/**
 * Takes text for an index, or says why it is none. Nothing in it is trusted: every place must lie within the shard.
 *
 * @throws SourceError
 */
export function parseIndex(text: string, show: string): ShardIndex {
  const wrong = (what: string): SourceError =>
    new SourceError(`${show} is no index of a shard: ${what}. Remove it, or make it again with millrace pack.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw wrong((cause as Error).message)
  }
  const { format, bytes, classes, samples } = (value ?? {}) as Partial<Record<string, unknown>>
  if (format !== FORMAT) throw wrong(`its format is not ${JSON.stringify(FORMAT)}`)
  if (!isSize(bytes)) throw wrong('`bytes` must be a whole number')
  if (classes !== undefined && !isNames(classes)) throw wrong('`classes` must be a list of different names')
  if (!Array.isArray(samples) || samples.length === 0) throw wrong('`samples` must be a list')
  const isPlace = (place: unknown): place is Place =>
    Array.isArray(place) && place.length === 2 && place.every(isSize) && place[0]! + place[1]! <= bytes
  const keys = new Set<string>()
  const rows = samples.map((row: unknown, i): ShardSample => {
    const [key, label, image, mask] = Array.isArray(row) ? (row as unknown[]) : []
    if (typeof key !== 'string' || insideParts(key)?.join('/') !== key) throw wrong(`sample ${i} has no good key`)
    if (keys.has(key)) throw wrong(`${JSON.stringify(key)} is there twice`)
    keys.add(key)
    if (!isRawLabel(label)) throw wrong(`sample ${i} has no good label`)
    if (!isPlace(image) || (mask !== undefined && !isPlace(mask)))
      throw wrong(`sample ${i} does not lie within the shard`)
    return { key, label, image, mask }
  })
  return { bytes, classes, samples: rows }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(name => typeof name === 'string') && new Set(value).size === value.length
}

function isRawLabel(value: unknown): value is RawLabel {
  if (typeof value === 'string') return value !== ''
  return Number.isFinite(value) || (Array.isArray(value) && value.length > 0 && value.every(Number.isFinite))
}
