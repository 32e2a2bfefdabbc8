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
  // The lines after the last may be read, with weight 0.
  const between = (rows + 1) * Math.max(inLine, outLine)
  wasm.begin(2 * between + out.data.length + tapBytes(across, out.width) + tapBytes(down, out.height), 9)
  let at = wasm.put(image.data.subarray(firstRow * inLine, (firstRow + rows) * inLine))
  const result = wasm.target(out.data)
  if (across !== undefined) {
    const to = down === undefined ? result : wasm.room(between)
    columns(wasm, at, inLine, rows, across, to, out.width, channels)
    at = to
  }
  if (down !== undefined) {
    const first = wasm.put(down.first, out.height)
    const count = wasm.put(down.count, out.height)
    const weights = wasm.put(down.weights, out.height * down.stride)
    wasm.run.rows(at, outLine, first, count, weights, down.stride / 4, down.precision, result, out.height)
  }
  wasm.take(result, out.data)
}

function columns(
  wasm: WasmKernels,
  from: number,
  line: number,
  rows: number,
  taps: Taps,
  to: number,
  outWidth: number,
  channels: number
): void {
  const { precision, stride, most } = taps
  const first = wasm.put(taps.first, outWidth)
  const weights = wasm.put(taps.weights, outWidth * stride)
  const groups = stride / 4
  const { run } = wasm
  if (channels === 3) {
    run.columns3(from, line, rows, first, weights, groups, most, precision, to, outWidth)
  } else if (channels === 4) run.columns4(from, line, rows, first, weights, groups, precision, to, outWidth)
  else run.columnsFew(from, line, rows, first, weights, groups, precision, to, outWidth, channels)
}

function tapBytes(taps: Taps | undefined, size: number): number {
  return taps === undefined ? 0 : size * (8 + 2 * taps.stride)
}
