/** Bilinear sampling in WebAssembly: gives the bytes of kernels/bilinear.ts. */
import type { WarpBorder } from '../neighbours.js'
import type { Image } from '../step.js'
import type { WasmKernels } from './module.js'

const BORDERS: Readonly<Record<WarpBorder, number>> = { constant: 0, edge: 1, reflect: 2, wrap: 3 }

/**
 * Makes `out` row by row of the places that `map` gives.
 *
 * @param places room for them: two `float64` a column
 */
export function bilinearWasm(
  wasm: WasmKernels,
  { data, width, height, channels }: Image,
  map: (y: number, xs: Float64Array, ys: Float64Array) => void,
  border: WarpBorder,
  fill: readonly number[],
  out: Image,
  xs: Float64Array,
  ys: Float64Array
): void {
  wasm.begin(data.length + out.data.length + 4, 3)
  const from = wasm.put(data)
  const pixel = wasm.putBytes(fill)
  const result = wasm.target(out.data)
  const kind = BORDERS[border]
  const line = out.width * channels
  for (let y = 0; y < out.height; y++) {
    map(y, xs, ys)
    const to = result + y * line
    wasm.run.bilinear(from, width, height, channels, xs.byteOffset, ys.byteOffset, to, out.width, kind, pixel)
  }
  wasm.take(result, out.data)
}
