/** Cutting a rectangle out of an image, with a border where it reaches beyond. */
import { ShapeError } from '../errors.js'
import type { Image } from './step.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

/** What stands beyond the border: a constant, the image mirrored at its last pixels, or its last pixels again. */
export type BorderMode = 'constant' | 'reflect' | 'edge'

/** What stands in a mask where there is no pixel. */
export const NO_CLASS: readonly number[] = [0]

/**
 * Copies the rectangle of `out`'s size that begins at (`left`, `top`), which may lie outside the image.
 *
 * @param fill one byte a channel, for the mode `'constant'`
 */
export function crop(
  image: Image,
  top: number,
  left: number,
  mode: BorderMode,
  fill: readonly number[],
  out: Image
): void {
  cropBy(wasmKernels(), image, top, left, mode, fill, out)
}

/** The same by the given kernels, or without any; the bytes are the same. */
export function cropBy(
  wasm: WasmKernels | undefined,
  image: Image,
  top: number,
  left: number,
  mode: BorderMode,
  fill: readonly number[],
  out: Image
): void {
  if (wasm !== undefined) {
    cropWasm(wasm, image, top, left, MODES[mode], fill, out)
    return
  }
  const { channels } = image
  const line = image.width * channels
  const begin = Math.min(out.width, Math.max(0, -left))
  const end = Math.max(begin, Math.min(out.width, image.width - left))
  for (let y = 0; y < out.height; y++) {
    const at = y * out.width * channels
    const row = beyond(top + y, image.height, mode)
    if (row < 0) {
      fillPixels(out.data, at, out.width, fill)
      continue
    }
    const from = row * line + left * channels
    const inside = image.data.subarray(from + begin * channels, from + end * channels)
    out.data.set(inside, at + begin * channels)
    border(image, row * line, left, 0, begin, mode, fill, out.data, at)
    border(image, row * line, left, end, out.width, mode, fill, out.data, at)
  }
}

const MODES: Readonly<Record<BorderMode, number>> = { constant: 0, edge: 1, reflect: 2 }

function cropWasm(
  wasm: WasmKernels,
  { data, width, height, channels }: Image,
  top: number,
  left: number,
  mode: number,
  fill: readonly number[],
  out: Image
): void {
  wasm.begin(data.length + out.data.length + channels, 3)
  const from = wasm.put(data)
  const to = wasm.target(out.data)
  wasm.run.crop(from, width, height, channels, left, top, mode, wasm.putBytes(fill), to, out.width, out.height)
  wasm.take(to, out.data)
}

/** One number a channel, from one number for all of them or one for each. */
export function perChannel(step: string, fill: number | readonly number[], channels: number): readonly number[] {
  if (typeof fill === 'number') return new Array<number>(channels).fill(fill)
  if (fill.length === channels) return fill
  throw new ShapeError(
    `${step}: the image has ${channels} channels, but \`fill\` has ${fill.length} numbers. Give one number, or one for each channel.`
  )
}

/** Fills the columns from `x` to `end` of a row, which lie beyond the image's left or right border. */
function border(
  image: Image,
  row: number,
  left: number,
  x: number,
  end: number,
  mode: BorderMode,
  fill: readonly number[],
  out: Uint8Array,
  at: number
): void {
  const { channels, data } = image
  if (mode === 'constant') {
    fillPixels(out, at + x * channels, end - x, fill)
    return
  }
  for (; x < end; x++) {
    const from = row + beyond(left + x, image.width, mode) * channels
    for (let c = 0; c < channels; c++) out[at + x * channels + c] = data[from + c]!
  }
}

/** The index that stands in for `i` of a line of `n` pixels; −1 for the fill. */
function beyond(i: number, n: number, mode: BorderMode): number {
  if (i >= 0 && i < n) return i
  if (mode === 'constant') return -1
  if (mode === 'edge') return i < 0 ? 0 : n - 1
  return i < 0 ? -i : 2 * (n - 1) - i
}

function fillPixels(out: Uint8Array, at: number, pixels: number, fill: readonly number[]): void {
  const channels = fill.length
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < channels; c++) out[at + i * channels + c] = fill[c]!
  }
}
