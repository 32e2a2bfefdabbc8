/** Small data sets, and batches copied and released. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arrays, type Batch, type BatchPlan, type Cursor, type Fault, prefetch, type SampleSource } from 'millrace'
import { lastValueFrom, map, type Observable, toArray } from 'rxjs'
import sharp from 'sharp'

type ArraysOptions = Parameters<typeof arrays>[0]

/** `count` images of 12 × 10 × 3 in 4 classes. */
export function small(count: number, options: Partial<ArraysOptions> = {}): SampleSource {
  const images = pixels(count * 360)
  const labels = Array.from({ length: count }, (_, i) => i % 4)
  return arrays({ images, labels, shape: [12, 10, 3], classes: 4, seed: 5, shuffle: true, ...options })
}

/** The same images, with their index as a label of one number. */
export function numbered(count: number, options: Partial<ArraysOptions> = {}): SampleSource {
  const images = pixels(count * 360)
  return arrays({
    images,
    labels: Float32Array.from({ length: count }, (_, i) => i),
    shape: [12, 10, 3],
    seed: 5,
    ...options
  })
}

function pixels(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.imul(i ^ (i >>> 7), 2654435761) >>> 24)
}

/** What is left of a batch after its release. */
export interface Taken extends Pick<Batch, 'shape' | 'labelShape' | 'keys' | 'epoch' | 'index' | 'last'> {
  readonly images: Uint8Array | Float32Array
  readonly labels: Float32Array
  readonly faults: readonly Fault[]
  /** As it comes out of a file. */
  readonly cursor: Cursor | undefined
}

/** Copies every batch and releases it. */
export function take(batches: Observable<Batch>): Promise<Taken[]> {
  return lastValueFrom(batches.pipe(map(copy), toArray()))
}

export type Executing = Parameters<typeof prefetch>[1] & { readonly depth?: number }

/** Executes plans and copies the batches. */
export function run(plans: Observable<BatchPlan>, { depth = 2, ...options }: Executing = {}): Promise<Taken[]> {
  return take(plans.pipe(prefetch(depth, options)))
}

export function copy(batch: Batch): Taken {
  const { shape, labelShape, keys, epoch, index, last, faults } = batch
  const images = batch.images.slice()
  const labels = batch.labels.slice()
  const cursor = JSON.parse(JSON.stringify(batch.cursor)) as Cursor
  batch.release()
  return { images, labels, shape, labelShape, keys, epoch, index, last, faults, cursor }
}

/** One SHA-256 of pixels, labels, keys and places. */
export function digest(batches: readonly Taken[]): string {
  const hash = createHash('sha256')
  for (const { images, labels, keys, shape, epoch, index, last } of batches) {
    hash
      .update(images)
      .update(labels)
      .update(JSON.stringify([keys, shape, epoch, index, last]))
  }
  return hash.digest('hex')
}

/** A temporary folder that is there until `remove` is called. */
export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-engine-'))
  return { path, remove: () => rm(path, { recursive: true }) }
}

/** Writes `count` images of many sizes and formats into two class folders. */
export async function writePhotos(dir: string, count: number): Promise<void> {
  for (const name of ['a', 'b']) await mkdir(join(dir, name), { recursive: true })
  for (let i = 0; i < count; i++) {
    const [width, height] = [24 + ((i * 7) % 40), 20 + ((i * 11) % 50)]
    const raw = { width, height, channels: 3 as const }
    const image = sharp(
      pixels(width * height * 3).map((value, at) => (value >> 2) + ((at + 40 * i) % 190)),
      { raw }
    )
    const file = join(dir, i % 2 ? 'b' : 'a', `${String(i).padStart(2, '0')}${i % 3 ? '.jpg' : '.png'}`)
    await writeFile(file, await (i % 3 ? image.jpeg({ quality: 80 }) : image.png()).toBuffer())
  }
}
