/** The memory of one batch: a header for the threads, constants, the labels, the images, the masks, and rows of bytes. */
import { PERIOD } from '../kernels/normalize.js'
import { type FixedMemory, fixedMemory } from '../kernels/wasm/module.js'

/** What a slot must hold. */
export interface SlotShape {
  readonly n: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly labelWidth: number
  /** Images as `float32`, normalised; else `uint8`. */
  readonly float: boolean
  /** Whether there is a mask for each image. */
  readonly masks: boolean
  /** Whether images are to be mixed. */
  readonly mixes: boolean
}

/** Header words, as indices into an `Int32Array`. */
export const CANCELLED = 0
/** Chunks that are not done. */
export const REMAINING = 1
/** Rows that could not be made. */
export const FAULTS = 2
/** Tells the slots of a process apart, also where another thread sees them. */
const ID = 3

const ALIGNMENT = 64 // bytes
const HEADER_BYTES = 64

/** Typed views on a slot. */
export interface SlotViews {
  readonly header: Int32Array
  readonly labels: Float32Array
  readonly images: Uint8Array | Float32Array
  readonly masks: Uint8Array | undefined
  /** The images as bytes, where `images` are floats, which are made of them in the end; else the images themselves. */
  readonly bytes: Uint8Array
  /** Room for one more image of bytes, where images are mixed. */
  readonly spare: Uint8Array | undefined
  /** `PERIOD` factors and as many offsets. */
  readonly scaling: Float32Array
}

/** Bytes of a slot of this shape. */
export function slotBytes(shape: SlotShape): number {
  return layoutOf(shape).end
}

/** Views on the memory of a slot, which has at least `slotBytes(shape)` bytes. */
export function slotViews({ buffer }: FixedMemory, shape: SlotShape): SlotViews {
  const { n, labelWidth, float, masks, mixes } = shape
  const at = layoutOf(shape)
  const image = imageBytes(shape)
  const images = float ? new Float32Array(buffer, at.images, n * image) : new Uint8Array(buffer, at.images, n * image)
  return {
    header: new Int32Array(buffer, 0, ID),
    labels: new Float32Array(buffer, at.labels, n * labelWidth),
    images,
    masks: masks ? new Uint8Array(buffer, at.masks, maskBytes(shape)) : undefined,
    bytes: images instanceof Float32Array ? new Uint8Array(buffer, at.rows, n * image) : images,
    spare: mixes ? new Uint8Array(buffer, at.spare, image) : undefined,
    scaling: new Float32Array(buffer, HEADER_BYTES, 2 * PERIOD)
  }
}

/** The number of a slot, counted from 1. */
export function slotId({ buffer }: FixedMemory): number {
  return new Int32Array(buffer, 0, ID + 1)[ID]!
}

const counts = { outstanding: 0, allocated: 0 }

/** Slots of all pipelines on this thread: how many are in use, and how many were ever made. */
export function slotCounts(): { readonly outstanding: number; readonly allocated: number } {
  return { ...counts }
}

/**
 * Slots that are used again and again. At most `size` free ones are kept; one that nobody gives back belongs to
 * whoever holds its batch, and goes with it.
 */
export class SlotRing {
  readonly #size: number
  readonly #free: FixedMemory[] = []
  #outstanding = 0

  constructor(size: number) {
    this.#size = size
  }

  /** Slots in use. */
  get outstanding(): number {
    return this.#outstanding
  }

  acquire(bytes: number): FixedMemory {
    this.#outstanding++
    counts.outstanding++
    for (;;) {
      const slot = this.#free.pop()
      if (slot === undefined) break
      if (slot.buffer.byteLength >= bytes) return slot
    }
    const memory = fixedMemory(bytes)
    new Int32Array(memory.buffer, 0, ID + 1)[ID] = ++counts.allocated
    return memory
  }

  release(slot: FixedMemory): void {
    this.#outstanding--
    counts.outstanding--
    if (this.#free.length < this.#size) this.#free.push(slot)
  }
}

/** Where the parts begin. */
function layoutOf(
  shape: SlotShape
): Readonly<Record<'labels' | 'images' | 'masks' | 'rows' | 'spare' | 'end', number>> {
  const { n, labelWidth, float, mixes } = shape
  const image = imageBytes(shape)
  const labels = HEADER_BYTES + 2 * PERIOD * 4
  const images = aligned(labels + n * labelWidth * 4)
  const masks = images + n * image * (float ? 4 : 1)
  const rows = aligned(masks + maskBytes(shape))
  const spare = aligned(rows + (float ? n * image : 0))
  return { labels, images, masks, rows, spare, end: spare + (mixes ? image : 0) }
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT
}

function imageBytes({ height, width, channels }: SlotShape): number {
  return height * width * channels
}

function maskBytes({ n, height, width, masks }: SlotShape): number {
  return masks ? n * height * width : 0
}
