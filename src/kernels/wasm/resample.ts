/** Resampling in WebAssembly: gives the bytes of kernels/resample.ts, several times faster. */
import type { Image } from '../step.js'
import type { Taps } from '../taps.js'
import type { WasmKernels } from './module.js'

/** Weights for the kernels, as places in memory. */
interface PackedTaps {
  readonly first: number
  readonly count: number
  readonly weights: number
  readonly packed: number
  /** Steps of four weights for each new pixel. */
  readonly quads: number
}

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
  wasm.begin(2 * between + out.data.length + tapBytes(across, out.width) + tapBytes(down, out.height), 13)
  let at = wasm.put(image.data.subarray(firstRow * inLine, (firstRow + rows) * inLine))
  const result = wasm.target(out.data)
  if (across !== undefined) {
    const taps = putTaps(wasm, across, out.width)
    const to = down === undefined ? result : wasm.room(between)
    columns(wasm, at, inLine, rows, taps, across.stride, to, out.width, channels)
    at = to
  }
  if (down !== undefined) {
    const { first, count, packed, quads } = putTaps(wasm, down, out.height)
    wasm.run.rows(at, outLine, first, count, packed, quads, result, out.height)
  }
  wasm.take(result, out.data)
}

function columns(
  wasm: WasmKernels,
  from: number,
  line: number,
  rows: number,
  { first, count, weights, packed, quads }: PackedTaps,
  stride: number,
  to: number,
  outWidth: number,
  channels: number
): void {
  if (channels === 3) wasm.run.columns3(from, line, rows, first, packed, quads, to, outWidth)
  else if (channels === 4) wasm.run.columns4(from, line, rows, first, packed, quads, to, outWidth)
  else wasm.run.columnsFew(from, line, rows, first, count, weights, stride, to, outWidth, channels)
}

function putTaps(wasm: WasmKernels, taps: Taps, size: number): PackedTaps {
  const first = wasm.putInts(taps.first, size)
  const count = wasm.putInts(taps.count, size)
  const weights = wasm.putInts(taps.weights, size * taps.stride)
  const quads = quadsOf(taps, size)
  const packed = wasm.room(16 * quads * size)
  wasm.run.pack(count, weights, taps.stride, size, quads, packed)
  return { first, count, weights, packed, quads }
}

function quadsOf({ count }: Taps, size: number): number {
  let most = 0
  for (let i = 0; i < size; i++) most = Math.max(most, count[i]!)
  return Math.ceil(most / 4)
}

function tapBytes(taps: Taps | undefined, size: number): number {
  return taps === undefined ? 0 : 4 * size * (2 + 2 * taps.stride + 4)
}
