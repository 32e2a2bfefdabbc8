/** Noise in WebAssembly: gives the numbers of kernels/noise.ts. */
import type { RngKey } from '../../random/rng.js'
import type { WasmKernels } from './module.js'

/** Bytes that the kernel makes at once. */
const AT_ONCE = 256

export function noiseWasm(wasm: WasmKernels, key: RngKey, seed: number, out: Float32Array): void {
  wasm.begin(out.byteLength + AT_ONCE, 2)
  const at = wasm.target(out)
  wasm.run.noise(at, out.length, seed, ...key, wasm.room(AT_ONCE))
  wasm.take(at, out)
}
