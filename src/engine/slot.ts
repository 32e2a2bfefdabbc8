/** The memory of one batch: a header for the threads, the labels, the images, the masks. */

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
}

/** Header words, as indices into an `Int32Array`. */
export const CANCELLED = 0
/** Chunks that are not done. */
export const REMAINING = 1
/** Rows that could not be made. */
export const FAULTS = 2

const ALIGNMENT = 64 // bytes
const HEADER_BYTES = 64

/** Typed views on a slot. */
export interface SlotViews {
  readonly header: Int32Array
  readonly labels: Float32Array
  readonly images: Uint8Array | Float32Array
  readonly masks: Uint8Array | undefined
}

/** Bytes of a slot of this shape. */
export function slotBytes(shape: SlotShape): number {
  return masksOffset(shape) + maskBytes(shape)
}

/** Views on the memory of a slot; `buffer` has at least `slotBytes(shape)` bytes. */
export function slotViews(buffer: SharedArrayBuffer, shape: SlotShape): SlotViews {
  const at = imagesOffset(shape)
  return {
    header: new Int32Array(buffer, 0, 3),
    labels: new Float32Array(buffer, HEADER_BYTES, shape.n * shape.labelWidth),
    images: shape.float
      ? new Float32Array(buffer, at, imageValues(shape))
      : new Uint8Array(buffer, at, imageValues(shape)),
    masks: shape.masks ? new Uint8Array(buffer, masksOffset(shape), maskBytes(shape)) : undefined
  }
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
  readonly #free: SharedArrayBuffer[] = []
  #outstanding = 0

  constructor(size: number) {
    this.#size = size
  }

  /** Slots in use. */
  get outstanding(): number {
    return this.#outstanding
  }

  acquire(bytes: number): SharedArrayBuffer {
    this.#outstanding++
    counts.outstanding++
    for (;;) {
      const slot = this.#free.pop()
      if (slot === undefined) break
      if (slot.byteLength >= bytes) return slot
    }
    counts.allocated++
    return new SharedArrayBuffer(bytes)
  }

  release(slot: SharedArrayBuffer): void {
    this.#outstanding--
    counts.outstanding--
    if (this.#free.length < this.#size) this.#free.push(slot)
  }
}

function imageValues({ n, height, width, channels }: SlotShape): number {
  return n * height * width * channels
}

function imagesOffset({ n, labelWidth }: SlotShape): number {
  return HEADER_BYTES + Math.ceil((n * labelWidth * 4) / ALIGNMENT) * ALIGNMENT
}

function masksOffset(shape: SlotShape): number {
  return imagesOffset(shape) + imageValues(shape) * (shape.float ? 4 : 1)
}

function maskBytes({ n, height, width, masks }: SlotShape): number {
  return masks ? n * height * width : 0
}
