/** Resampling in WebAssembly: gives the bytes of kernels/resample.ts, several times faster. */
import type { Image } from '../step.js'
import type { Taps } from '../taps.js'
import type { WasmKernels } from './module.js'

/**
 * Makes `out` of `rows` lines of an image.
 *
 * @param across which columns make up each new one; undefined where they stay
 * @param down the same for the lines, counted from `firstRow` on
 */
export function resampleWasm(
  wasm: WasmKernels,
  image: Image,
  firstRow: number,
  rows: number,
  across: Taps | undefined,
  down: Taps | undefined,
  out: Image
): void {
  const { channels, width } = image
  const inLine = width * channels
  const outLine = out.width * channels
  const bytes = rows * (inLine + outLine) + out.height * outLine
  wasm.begin(bytes + tapBytes(across, out.width) + tapBytes(down, out.height), 9)
  let at = wasm.put(image.data.subarray(firstRow * inLine, (firstRow + rows) * inLine))
  if (across !== undefined) {
    const [first, count, weights] = putTaps(wasm, across, out.width)
    const to = wasm.room(rows * outLine)
    const kernel = channels >= 3 ? wasm.run.columns : wasm.run.columnsAny
    kernel(at, inLine, rows, first, count, weights, across.stride, to, out.width, channels)
    at = to
  }
  if (down !== undefined) {
    const [first, count, weights] = putTaps(wasm, down, out.height)
    const to = wasm.room(out.height * outLine)
    wasm.run.rows(at, outLine, first, count, weights, down.stride, to, out.height)
    at = to
  }
  wasm.take(at, out.data)
}

function putTaps(
  wasm: WasmKernels,
  { first, count, weights, stride }: Taps,
  size: number
): readonly [first: number, count: number, weights: number] {
  return [wasm.putInts(first, size), wasm.putInts(count, size), wasm.putInts(weights, size * stride)]
}

function tapBytes(taps: Taps | undefined, size: number): number {
  return taps === undefined ? 0 : 4 * size * (2 + taps.stride)
}
