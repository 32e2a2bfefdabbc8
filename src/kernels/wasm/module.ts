/** The WebAssembly kernels of this thread. */
import { base64 } from './binary.js'
import { WasmMemory } from './memory.js'

/** Places in memory are numbers of bytes. */
interface Kernels {
  flipColumns3(...args: number[]): void
  columns3(...args: number[]): void
  columns4(...args: number[]): void
  columnsFew(...args: number[]): void
  rows(...args: number[]): void
  blur(...args: number[]): void
  toFloats(...args: number[]): void
  toBytes(...args: number[]): void
  noise(...args: number[]): void
  affinePlaces(...args: number[]): void
  displacePlaces(...args: number[]): void
  bilinear(...args: number[]): void
}

/** What is used of the global of this name, which every Node and browser has. */
export interface WasmApi {
  Memory: new (options: { initial: number; maximum: number; shared: true }) => SharedMemory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: object }
  validate(bytes: Uint8Array): boolean
}

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  grow(pages: number): number
}

/** 2 GiB, so that every place fits a signed integer. Memory is taken only as it is used. */
const MAX_PAGES = 32_768

/** The kernels, and the memory that they work in. */
export class WasmKernels extends WasmMemory {
  readonly run: Kernels

  constructor(api: WasmApi, bytes: Uint8Array) {
    const memory = new api.Memory({ initial: 1, maximum: MAX_PAGES, shared: true })
    super(memory)
    this.run = new api.Instance(new api.Module(bytes), { env: { memory } }).exports as Kernels
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
  try {
    return new WasmKernels(api, bytes)
  } catch {
    return undefined // no address space for the memory
  }
}
