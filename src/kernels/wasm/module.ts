/** The kernels in WebAssembly, for this thread's own memory and for that of batches. */
import { base64 } from './binary.js'
import { PAGE, WasmMemory } from './memory.js'

/** Places in memory are numbers of bytes. */
type Kernel = (...args: number[]) => void

/** Kernels for the images of a batch. */
export interface BatchKernels {
  readonly blendBytes: Kernel
  readonly blendNormalized: Kernel
  readonly copyBlock: Kernel
  readonly normalize: Kernel
}

interface Kernels extends BatchKernels {
  readonly affinePlaces: Kernel
  readonly bilinear: Kernel
  readonly blur: Kernel
  readonly columns3: Kernel
  readonly columns4: Kernel
  readonly columnsFew: Kernel
  readonly cover: Kernel
  readonly crop: Kernel
  readonly displacePlaces: Kernel
  readonly flipColumns3: Kernel
  readonly hue: Kernel
  readonly linear: Kernel
  readonly lumaSum: (src: number, pixels: number) => number
  readonly noise: Kernel
  readonly rows: Kernel
  readonly saturation: Kernel
  readonly toBytes: Kernel
  readonly toFloats: Kernel
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

/** Shared memory of a fixed size, of the kind that kernels reach where there are any. It may be sent to other threads. */
export type FixedMemory = Pick<SharedMemory, 'buffer'>

/** 2 GiB, so that every place fits a signed integer. Memory is taken only as it is used. */
const MAX_PAGES = 32_768

/** The kernels, and the memory that they work in. */
export class WasmKernels extends WasmMemory {
  readonly run: Kernels

  constructor({ api, module }: Compiled) {
    const memory = new api.Memory({ initial: 1, maximum: MAX_PAGES, shared: true })
    super(memory)
    this.run = instance({ api, module }, memory)
  }
}

interface Compiled {
  readonly api: WasmApi
  readonly module: object
}

// Undefined until it is known whether this machine has WebAssembly with SIMD; null where it has not.
let compiled: Compiled | null | undefined
let kernels: WasmKernels | null | undefined

/** The kernels of this thread; undefined where this machine has no WebAssembly with SIMD. */
export function wasmKernels(): WasmKernels | undefined {
  if (kernels === undefined) kernels = attempt(of => new WasmKernels(of)) ?? null
  return kernels ?? undefined
}

/** Memory of at least so many bytes. */
export function fixedMemory(bytes: number): FixedMemory {
  const pages = Math.ceil(bytes / PAGE)
  const shared = attempt(({ api }) => new api.Memory({ initial: pages, maximum: pages, shared: true }))
  return shared ?? { buffer: new SharedArrayBuffer(bytes) }
}

/** Kernels that work in this memory; undefined where it is not of their kind. */
export function kernelsOn(memory: FixedMemory): BatchKernels | undefined {
  return attempt(of => (memory instanceof of.api.Memory ? instance(of, memory) : undefined))
}

/** Does what needs WebAssembly; undefined where there is none, or no address space for its memory. */
function attempt<T>(use: (compiled: Compiled) => T): T | undefined {
  if (compiled === undefined) compiled = compile() ?? null
  if (compiled === null) return undefined
  try {
    return use(compiled)
  } catch {
    return undefined
  }
}

function compile(): Compiled | undefined {
  const api = (globalThis as { WebAssembly?: WasmApi }).WebAssembly
  const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
  return api?.validate(bytes) === true ? { api, module: new api.Module(bytes) } : undefined
}

function instance({ api, module }: Compiled, memory: FixedMemory): Kernels {
  return new api.Instance(module, { env: { memory } }).exports as Kernels
}
