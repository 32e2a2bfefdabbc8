/** Finished batches made in memory. */
import type { Batch, Normalization } from '#dist/batch.js'
import type { Cursor } from '#dist/cursor.js'
import type { SourceInfo } from '#dist/sample.js'

export interface MemoryBatchOptions {
  readonly n?: number
  readonly size?: number
  readonly channels?: number
  readonly classes?: number
  readonly epoch?: number
  readonly index?: number
  readonly last?: boolean
  readonly format?: 'uint8' | 'float32'
  readonly normalization?: Normalization | undefined
  /** The memory, used again for every batch that is given it. */
  readonly slot?: SharedArrayBuffer | undefined
}

/** A batch that counts its releases, and whose memory another batch overwrites once it is released. */
export interface MemoryBatch extends Batch {
  readonly released: number
}

export const classNames: readonly string[] = ['airplane', 'bird', 'cat', 'dog', 'frog']

/** Pixels and labels depend on the batch's index and epoch alone. */
export function memoryBatch(options: MemoryBatchOptions = {}): MemoryBatch {
  const { n = 4, size = 8, channels = 3, classes = 5, epoch = 0, index = 0, last = false, format = 'uint8' } = options
  const { normalization, slot = new SharedArrayBuffer(n * (size * size * channels + classes) * 4) } = options
  const count = n * size * size * channels
  const labels = new Float32Array(slot, 0, n * classes).fill(0)
  const bytes = Uint8Array.from({ length: count }, (_, i) => hash(i + count * (index + 1000 * epoch)) % 256)
  for (let i = 0; i < n; i++) labels[i * classes + ((i + index) % classes)] = 1
  const floats = format === 'float32'
  const images = floats ? new Float32Array(slot, n * classes * 4, count) : new Uint8Array(slot, n * classes * 4, count)
  images.set(floats ? Float32Array.from(bytes, (value, i) => normalized(value, i % channels, normalization)) : bytes)
  let released = 0
  return {
    images,
    shape: [n, size, size, channels],
    labels,
    labelShape: [n, classes],
    keys: Array.from({ length: n }, (_, i) => `${epoch}/${index}/${i}`),
    epoch,
    index,
    last,
    cursor: { version: 1, epoch, batch: index + 1 } as Cursor,
    faults: [],
    info: infoOf(size, channels, classes),
    normalization: floats ? undefined : normalization,
    normalized: floats ? normalization : undefined,
    get released() {
      return released
    },
    release() {
      if (released++ > 0) return
      labels.fill(-77)
      images.fill(77)
    }
  }
}

function normalized(byte: number, channel: number, normalization: Normalization | undefined): number {
  if (normalization === undefined) return byte
  return (byte / 255 - normalization.mean[channel]!) / normalization.std[channel]!
}

function infoOf(size: number, channels: number, classes: number): SourceInfo {
  return {
    name: 'memory',
    fingerprint: 'memory',
    seed: 1,
    size: undefined,
    classes,
    classNames: classNames.slice(0, classes),
    shape: [size, size, channels],
    mean: undefined,
    std: undefined,
    shard: { index: 0, count: 1 }
  }
}

function hash(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
