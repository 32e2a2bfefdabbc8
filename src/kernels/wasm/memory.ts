/** The memory that kernels in WebAssembly work in, dealt out in rooms. */
import type { SharedMemory } from './module.js'

/** Bytes by which such memory grows. */
export const PAGE = 65_536
/** Kernels may read and write so many bytes beyond what they are given. */
const SLACK = 64
const LEAST_ROOM = 12 // a power of two
const WORD = 8

/**
 * It is of the shared kind, though one thread alone uses it: such memory grows where it is, and views on it stay valid.
 * A room takes a power of two, so that one which is given back fits a later need, and growing wastes half at most.
 */
export class WasmMemory {
  readonly #memory: SharedMemory
  /** Every buffer that the memory has had: each is a view on its first bytes. */
  readonly #buffers = new WeakSet<ArrayBufferLike>()
  readonly #free: number[][] = []
  #bytes: Uint8Array
  /** The last buffer that turned out to be another. */
  #foreign: ArrayBufferLike | undefined
  #end = SLACK
  /** Room for what a call needs besides its images, laid out anew for each. */
  #call: Uint8Array
  #callEnd = 0

  constructor(memory: SharedMemory) {
    this.#memory = memory
    this.#bytes = new Uint8Array(memory.buffer)
    this.#buffers.add(memory.buffer)
    this.#call = this.allocate(PAGE / 4)
  }

  /** Memory of its own for at least so many bytes. */
  allocate(bytes: number): Uint8Array {
    const size = sizeClass(bytes)
    const at = this.#free[size]?.pop() ?? this.#extend(2 ** size)
    return new Uint8Array(this.#bytes.buffer, at, 2 ** size - SLACK)
  }

  /** Takes back what `allocate` gave; other memory is left alone. */
  free(room: Uint8Array): void {
    if (!this.holds(room)) return
    const size = sizeClass(room.length)
    this.#free[size] ??= []
    this.#free[size].push(room.byteOffset)
  }

  /** Begins a call that needs so many bytes in so many parts. */
  begin(bytes: number, parts: number): void {
    const need = bytes + 2 * SLACK * parts
    if (this.#call.length < need) {
      this.free(this.#call)
      this.#call = this.allocate(need)
    }
    this.#callEnd = this.#call.byteOffset
  }

  /** Room for so many bytes until the next call, at a multiple of 16. */
  room(bytes: number): number {
    const at = this.#callEnd
    this.#callEnd = (at + bytes + SLACK + 15) & ~15
    return at
  }

  /** Whether kernels reach the values where they are. */
  holds(values: ArrayBufferView): boolean {
    const { buffer } = values
    if (buffer === this.#bytes.buffer) return true
    // The pixels of a data set mostly lie in one buffer.
    if (buffer === this.#foreign) return false
    if (this.#buffers.has(buffer)) return true
    this.#foreign = buffer
    return false
  }

  /** Where the first `count` values lie; they are copied in where that is elsewhere. */
  put(values: Uint8Array | Int16Array | Int32Array | Float32Array, count: number = values.length): number {
    if (this.holds(values)) return values.byteOffset
    const bytes = count * values.BYTES_PER_ELEMENT
    // Shared memory is copied by words where source and target lie alike, else by bytes, which takes several times as long.
    const skew = values.byteOffset % WORD
    const at = this.room(bytes + skew) + skew
    const isWhole = values instanceof Uint8Array && count === values.length
    this.#bytes.set(isWhole ? values : new Uint8Array(values.buffer, values.byteOffset, bytes), at)
    return at
  }

  /** Where the bytes of a pixel are copied to. */
  putBytes(bytes: readonly number[]): number {
    const at = this.room(bytes.length)
    for (let i = 0; i < bytes.length; i++) this.#bytes[at + i] = bytes[i]!
    return at
  }

  /** Where a result is to be written, for `take`. */
  target(out: Uint8Array | Float32Array): number {
    return this.holds(out) ? out.byteOffset : this.room(out.byteLength)
  }

  /** Copies a result out of its place, where it is not in the right one already. */
  take(at: number, out: Uint8Array | Float32Array): void {
    if (this.holds(out)) return
    const { buffer, byteOffset, byteLength } = out
    new Uint8Array(buffer, byteOffset, byteLength).set(this.#bytes.subarray(at, at + byteLength))
  }

  #extend(bytes: number): number {
    const at = this.#end
    this.#end += bytes
    const missing = this.#end - this.#bytes.length
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE))
      this.#bytes = new Uint8Array(this.#memory.buffer)
      this.#buffers.add(this.#memory.buffer)
    }
    return at
  }
}

/** The power of two that holds so many bytes and what kernels touch behind them. */
function sizeClass(bytes: number): number {
  return Math.max(LEAST_ROOM, Math.ceil(Math.log2(bytes + SLACK)))
}
