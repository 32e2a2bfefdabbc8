/** Shards: tar archives of images and their labels, as WebDataset lays them out. */
import { expand } from 'brace-expansion'
import { checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError, SourceError, show } from '../errors.js'
import { isRemote, showLocation } from '../storage/location.js'
import { openBytes } from '../storage/openBytes.js'
import { fingerprint } from './fingerprint.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import { named } from './named.js'
import { absolutePath, fileSize, isFolder, join, readFolder, sha256 } from './platform.js'
import { LabelReader, type RowLabels, type WantedClasses } from './rowLabels.js'
import { byBytes } from './scanImages.js'
import { readIndex, type ShardIndex, type ShardSample, scanShard } from './shardIndex.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'

export interface TarShardsOptions extends IndexedSourceOptions {
  /**
   * The names of the classes, in the order in which their labels count, or their number.
   * @defaultValue those that `millrace pack` noted; else the names that the labels are, in byte order; where they are
   * indices, as many as the largest one asks for
   */
  readonly classes?: number | readonly string[] | undefined
  /**
   * The field of each sample's `.json` that is its label: a number, the name of a class, or a list of numbers.
   * @defaultValue the `.cls` of a sample; else the field `label` of its `.json`; else its `.txt`
   */
  readonly field?: string | undefined
  /**
   * How many shards are opened at a time, at the first subscription.
   * @defaultValue 4
   */
  readonly concurrency?: number | undefined
}

/**
 * Shards in the layout of WebDataset: tar archives in which files of one name are one sample, `cat/tom.jpg` with
 * `cat/tom.cls`.
 *
 * Source → samples. Labels are class indices or vectors; keys are the names up to the first dot of the file's name. Of
 * each sample there is one image (.jpg .jpeg .png .webp .avif .gif .tif .tiff) and a label: `.cls` or `.txt` with the
 * index or name of a class, or a field of `.json`; `.mask.png` or `.seg.png` is its mask. Other files are passed over.
 *
 * Shards are paths or `http(s)://` URLs, with braces for many (`shard-{000..011}.tar`), or a folder of `.tar` files. At
 * the first subscription or `info()` they are gone through once, the headers alone, unless there is an index beside
 * them (`a.tar.index.json`), as `npx millrace pack` writes it. So shuffles are full permutations, and subsets and
 * resuming are exact. Images are read later, by the workers; those on servers ahead of their turn. Where the shards lie
 * makes no difference for cursors and shuffles.
 *
 * Errors of the subscription and of `info()`: SourceError where a shard cannot be read, was cut, or has a sample
 * without image or label; CursorError where `resume` belongs to other data.
 *
 * @throws InvalidOptionError where an argument cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { tarShards } from 'millrace'
 *
 * const source = tarShards('https://example.org/photos/train-{0000..0146}.tar', { seed: 7, shuffle: true })
 * source.subscribe(sample => console.log(sample.key, sample.label))
 * ```
 */
export function tarShards(shards: string | readonly string[], options: TarShardsOptions = {}): SampleSource {
  checkOptions('tarShards', options, ['classes', 'field', 'concurrency', ...INDEXED_OPTIONS])
  const patterns = typeof shards === 'string' ? [shards] : shards
  const { field, concurrency = 4 } = options
  const isList = Array.isArray(patterns) && patterns.length > 0
  if (!isList || !patterns.every(shard => typeof shard === 'string' && shard !== '')) {
    refuse('shards', 'a path or URL, or a list of them', shards)
  }
  if (field !== undefined && (typeof field !== 'string' || field === '')) refuse('field', 'the name of a field', field)
  checkInteger('tarShards', 'concurrency', concurrency, { min: 1 })
  const given = settleClasses('tarShards', options.classes)
  const locations = [...patterns]
    .flatMap(pattern => expand(pattern))
    .map(each => (isRemote(each) ? each : absolutePath(each)))
  const open = async (): Promise<IndexedData> => {
    const all = (await Promise.all(locations.map(tarsIn))).flat()
    const opened = await openAll(all, field, concurrency)
    const labels = await named('tarShards', () => labelsOf(opened, given))
    return describe(all, opened, labels)
  }
  return indexedSource('tarShards', settle('tarShards', options), open)
}

/** A folder stands for the archives in it. */
async function tarsIn(location: string): Promise<readonly string[]> {
  if (isRemote(location) || !(await isFolder(location))) return [location]
  const names = (await readFolder(location)).filter(name => name.endsWith('.tar')).sort(byBytes)
  if (names.length === 0) throw new SourceError(`tarShards: the folder ${location} holds no .tar files.`)
  return names.map(name => join(location, name))
}

async function openAll(
  locations: readonly string[],
  field: string | undefined,
  concurrency: number
): Promise<readonly ShardIndex[]> {
  const indices: ShardIndex[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < locations.length; i = next++) indices[i] = await openShard(locations[i]!, field)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, locations.length) }, work))
  return indices
}

async function openShard(location: string, field: string | undefined): Promise<ShardIndex> {
  // A server that ignores ranges could not be asked for one image later.
  const file = await openBytes(location, { maxWholeBytes: 0 })
  // An index holds the labels that were packed, which may be others than those of the field.
  const index = field === undefined ? await readIndex(location, isThere) : undefined
  if (index === undefined) return scanShard(file, location, field)
  if (index.bytes === file.byteLength) return index
  throw new SourceError(
    `${showLocation(location)} has ${file.byteLength} bytes, but its index was made of ${index.bytes}: it was cut or changed. Make both anew, or remove the index.`
  )
}

/** A server that does not have the index says so in many ways: 403 and 404 are both common. */
async function isThere(location: string): Promise<boolean> {
  if (!isRemote(location)) return (await fileSize(location)) !== undefined
  return openBytes(location).then(
    () => true,
    error => {
      if ((error as { code?: unknown }).code === 'HTTP') return false
      throw error
    }
  )
}

/** What the labels of all shards mean together. */
function labelsOf(shards: readonly ShardIndex[], given: WantedClasses): RowLabels {
  const reader = new LabelReader()
  for (const { key, label } of shards.flatMap(({ samples }) => samples)) {
    // An index may be the name of a class as well, as 3 beside cat.
    const word = Number.isSafeInteger(label) && Number(label) >= 0 ? String(label) : label
    const expected = reader.push(word, () => `sample ${key}`)
    if (expected === undefined) continue
    throw new SourceError(`the label of sample ${key} must be ${expected}, but is ${show(label)}`, { key })
  }
  const noted = given.classes === undefined ? classesOf(shards) : undefined
  return reader.finish(noted === undefined ? given : { classes: noted.length, classNames: noted })
}

function describe(locations: readonly string[], shards: readonly ShardIndex[], labels: RowLabels): IndexedData {
  const samples: ShardSample[] = shards.flatMap(shard => shard.samples)
  const shardOf = Uint32Array.from(shards.flatMap(({ samples }, i) => samples.map(() => i)))
  const { classes, classNames, classOf } = labels
  return {
    name: 'tarShards',
    fingerprint: fingerprint(
      ['tarShards', classes, classNames, sha256(labels.parts)],
      samples.map(({ key }) => key)
    ),
    size: samples.length,
    classes,
    classNames,
    classOf,
    sample: (index, epoch, position, info) => {
      const { key, image, mask } = samples[index]!
      const location = locations[shardOf[index]!]!
      const at = ([offset, length]: ShardSample['image']) => ({ kind: 'range', location, offset, length }) as const
      const sample = makeSample(key, index, epoch, position, labels.at(index), at(image), info)
      return mask === undefined ? sample : { ...sample, mask: at(mask) }
    }
  }
}

/** The classes that the shards agree on. */
function classesOf(shards: readonly ShardIndex[]): readonly string[] | undefined {
  const [first, ...others] = shards.map(({ classes }) => classes)
  const odd = others.findIndex(classes => String(classes) !== String(first))
  if (odd < 0) return first
  throw new SourceError(`shards 0 and ${odd + 1} were packed with different classes; give those of all as \`classes\``)
}

function refuse(option: string, expected: string, received: unknown): never {
  throw new InvalidOptionError({ caller: 'tarShards', option, expected, received })
}
