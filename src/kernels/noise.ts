/** Uniform noise, as many numbers as an image has pixels. */
import { Rng, rngKey } from '../random/rng.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'
import { noiseWasm } from './wasm/noise.js'

const rng = new Rng()
const key = rngKey(0, 'elasticDistortion', 'noise', 0)

/**
 * Fills `out` with noise in (−1, 1), uniform over 256 levels: of more levels a blur would leave no trace.
 *
 * @param seed a whole number below 2^32
 */
export function fillNoise(out: Float32Array, seed: number): void {
  fillNoiseBy(wasmKernels(), out, seed)
}

/** The same by the given kernels, or without any; the numbers are the same. */
export function fillNoiseBy(wasm: WasmKernels | undefined, out: Float32Array, seed: number): void {
  if (wasm !== undefined) {
    noiseWasm(wasm, key, seed, out)
    return
  }
  rng.reset(key, 0, seed)
  let word = 0
  for (let i = 0; i < out.length; i++) {
    word = (i & 3) === 0 ? rng.uint32() : word >>> 8
    out[i] = ((word & 255) - 127.5) / 128
  }
}
