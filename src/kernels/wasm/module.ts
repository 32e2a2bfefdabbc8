/** The WebAssembly kernels of this thread, and their memory. */
import { base64 } from './binary.js'

/** Places in memory are numbers of bytes. */
interface Kernels {
  columns(...args: number[]): void
  columnsAny(...args: number[]): void
  rows(...args: number[]): void
}

/** What is used of the global of this name, which every Node and browser has. */
interface WasmApi {
  Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: object }
  validate(bytes: Uint8Array): boolean
}

const PAGE = 65_536
/** Kernels may read and write so many bytes beyond what they are given. */
export const SLACK = 64

/** The kernels with memory that is laid out anew for each call. */
export class WasmKernels {
  readonly run: Kernels
  readonly #memory: InstanceType<WasmApi['Memory']>
  #bytes: Uint8Array
  #end = 0

  constructor(api: WasmApi, bytes: Uint8Array) {
    this.#memory = new api.Memory({ initial: 1 })
    this.#bytes = new Uint8Array(this.#memory.buffer)
    const instance = new api.Instance(new api.Module(bytes), { env: { memory: this.#memory } })
    this.run = instance.exports as Kernels
  }

  /** Makes room for a call: its parts take `bytes` in all, each with `SLACK` behind it. */
  begin(bytes: number, parts: number): void {
    this.#end = SLACK
    const missing = SLACK + bytes + 2 * SLACK * parts - this.#bytes.length
    if (missing <= 0) return
    this.#memory.grow(Math.ceil(missing / PAGE))
    this.#bytes = new Uint8Array(this.#memory.buffer) // the old view is detached
  }

  /** Room for so many bytes, at a multiple of 16. */
  room(bytes: number): number {
    const at = this.#end
    this.#end = (at + bytes + SLACK + 15) & ~15
    return at
  }

  /** Copies bytes in. */
  put(bytes: Uint8Array): number {
    const at = this.room(bytes.length)
    this.#bytes.set(bytes, at)
    return at
  }

  /** Copies the first `count` integers in. */
  putInts(values: Int32Array, count: number): number {
    return this.put(new Uint8Array(values.buffer, values.byteOffset, 4 * count))
  }

  /** Copies a result out. */
  take(at: number, out: Uint8Array): void {
    out.set(this.#bytes.subarray(at, at + out.length))
  }
}

let kernels: WasmKernels | null | undefined

/** The kernels of this thread; undefined where this machine has no WebAssembly with SIMD. */
export function wasmKernels(): WasmKernels | undefined {
  if (kernels === undefined) kernels = load() ?? null
  return kernels ?? undefined
}

function load(): WasmKernels | undefined {
  const api = (globalThis as { WebAssembly?: WasmApi }).WebAssembly
  const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
  if (api === undefined || !api.validate(bytes)) return undefined
  return new WasmKernels(api, bytes)
}
