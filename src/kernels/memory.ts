/** Memory of this thread that is used again and again; kernels in WebAssembly reach it without a copy. */
import { wasmKernels } from './wasm/module.js'

/** Room that grows to the largest need seen, so that nothing is allocated once that is reached. */
export class Region {
  #room: Uint8Array = new Uint8Array(0)
  #view: Uint8Array = new Uint8Array(0)

  /** A view of exactly `bytes`. Whatever was taken before may be written to again. */
  take(bytes: number): Uint8Array {
    if (this.#view.length === bytes) return this.#view
    if (this.#room.length < bytes) this.#grow(bytes)
    this.#view = this.#room.subarray(0, bytes)
    return this.#view
  }

  #grow(bytes: number): void {
    const wasm = wasmKernels()
    if (wasm === undefined) {
      this.#room = new Uint8Array(Math.ceil(1.25 * bytes))
    } else {
      wasm.free(this.#room)
      this.#room = wasm.allocate(bytes)
    }
  }
}
