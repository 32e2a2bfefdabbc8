/** Gaussian filtering in WebAssembly: gives the bits of kernels/gaussian.ts. */
import type { WasmKernels } from './module.js'

/** Height, width and channels of a plane. */
type PlaneShape = readonly [height: number, width: number, channels: number]

/** Filters a plane in place. */
export function blurWasm(
  wasm: WasmKernels,
  plane: Float32Array,
  shape: PlaneShape,
  half: Float32Array,
  reflect: boolean
): void {
  wasm.begin(plane.byteLength + half.byteLength + scratchBytes(shape, half), 4)
  const at = wasm.put(plane)
  run(wasm, at, shape, half, reflect)
  wasm.take(at, plane)
}

/** Filters bytes, and rounds half to even. */
export function blurBytesWasm(
  wasm: WasmKernels,
  bytes: Uint8Array,
  shape: PlaneShape,
  half: Float32Array,
  reflect: boolean,
  out: Uint8Array
): void {
  const { length } = bytes
  wasm.begin(6 * length + half.byteLength + scratchBytes(shape, half), 6)
  const from = wasm.put(bytes)
  const plane = wasm.room(4 * length)
  const result = wasm.target(out)
  wasm.run.toFloats(from, plane, length)
  run(wasm, plane, shape, half, reflect)
  wasm.run.toBytes(plane, result, length)
  wasm.take(result, out)
}

function run(
  wasm: WasmKernels,
  plane: number,
  [height, width, channels]: PlaneShape,
  half: Float32Array,
  reflect: boolean
): void {
  const radius = half.length - 1
  const weights = wasm.put(half)
  const padded = wasm.room(4 * (width + 2 * radius) * channels)
  const between = wasm.room(4 * (height + 2 * radius) * width * channels)
  wasm.run.blur(plane, height, width, channels, weights, radius, reflect ? 1 : 0, padded, between)
}

/** What `run` needs besides. */
function scratchBytes([height, width, channels]: PlaneShape, { length }: Float32Array): number {
  const margins = 2 * (length - 1)
  return 4 * channels * (width + margins + (height + margins) * width)
}
