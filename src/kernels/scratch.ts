/** Memory of this thread that a kernel uses again and again, grown to the largest need seen. */
export class Scratch {
  #bytes = new Uint8Array(0)
  #floats = new Float32Array(0)

  /** Memory for at least `length` values of the same type as `values`. What it held before may be left in it. */
  like<T extends Uint8Array | Float32Array>(values: T, length: number): T {
    return (values instanceof Float32Array ? this.floats(length) : this.bytes(length)) as T
  }

  bytes(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length)
    return this.#bytes
  }

  floats(length: number): Float32Array {
    if (this.#floats.length < length) this.#floats = new Float32Array(length)
    return this.#floats
  }
}
