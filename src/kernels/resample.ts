/** Resampling of a part of an image, in integers: what `resize` and `randomResizedCrop` share. */
import type { Image, Part } from './step.js'
import { Taps } from './taps.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'
import { resampleWasm } from './wasm/resample.js'

// Scratch memory of this thread, grown to the largest image seen.
const across = new Taps()
const down = new Taps()
let between = new Uint8Array(0)

/**
 * Scales a part of an image to the size of `out`, bilinear and antialiased.
 *
 * Columns first, then rows, each rounded to bytes (half up), by weights of 14 bits and more, as torchvision has them:
 * the bytes differ from Pillow's, whose weights have 22 bits, by 1 at most.
 * `image` and `out` may not share memory.
 */
export function resample(image: Image, box: Part, out: Image): void {
  resampleBy(wasmKernels(), image, box, out)
}

/** The same by the given kernels, or without any; the bytes are the same. */
export function resampleBy(
  wasm: WasmKernels | undefined,
  image: Image,
  { left, top, width, height }: Part,
  out: Image
): void {
  const { channels } = image
  const firstRow = Math.max(0, Math.floor(top))
  const rows = Math.min(image.height, Math.ceil(top + height)) - firstRow
  const sameColumns = left === 0 && width === image.width && out.width === width
  const sameRows = Number.isInteger(top) && out.height === height
  if (sameColumns && sameRows) {
    out.data.set(image.data.subarray(firstRow * width * channels, (firstRow + rows) * width * channels))
    return
  }
  if (!sameColumns) across.set(left, width, image.width, out.width)
  if (!sameRows) down.set(top - firstRow, height, rows, out.height)
  if (wasm !== undefined && channels <= 4) {
    resampleWasm(wasm, image, firstRow, rows, sameColumns ? undefined : across, sameRows ? undefined : down, out)
  } else if (sameRows) {
    resampleColumns(image, firstRow, rows, across, out.data, out.width)
  } else if (sameColumns) {
    resampleRows(image.data, firstRow * width * channels, down, out)
  } else {
    const bytes = rows * out.width * channels
    if (between.length < bytes) between = new Uint8Array(bytes)
    resampleColumns(image, firstRow, rows, across, between, out.width)
    resampleRows(between, 0, down, out)
  }
}

/** Makes lines of `outWidth` pixels of `rows` lines of the image. */
function resampleColumns(
  image: Image,
  firstRow: number,
  rows: number,
  taps: Taps,
  out: Uint8Array,
  outWidth: number
): void {
  if (image.channels === 3) resampleRgb(image, firstRow, rows, taps, out, outWidth)
  else resampleAny(image, firstRow, rows, taps, out, outWidth)
}

function resampleAny(
  { data, width, channels }: Image,
  firstRow: number,
  rows: number,
  { first, count, weights, stride, precision }: Taps,
  out: Uint8Array,
  outWidth: number
): void {
  const half = 1 << (precision - 1)
  for (let y = 0, at = 0; y < rows; y++) {
    const row = (firstRow + y) * width * channels
    for (let x = 0; x < outWidth; x++) {
      const from = row + first[x]! * channels
      const n = count[x]!
      for (let c = 0; c < channels; c++) {
        let sum = half
        for (let k = 0; k < n; k++)
          sum = (sum + Math.imul(data[from + k * channels + c]!, weights[x * stride + k]!)) | 0
        out[at++] = sum >> precision
      }
    }
  }
}

/** The same for three channels, whose sums stay in registers. */
function resampleRgb(
  { data, width }: Image,
  firstRow: number,
  rows: number,
  { first, count, weights, stride, precision }: Taps,
  out: Uint8Array,
  outWidth: number
): void {
  const half = 1 << (precision - 1)
  for (let y = 0, at = 0; y < rows; y++) {
    const row = (firstRow + y) * width
    for (let x = 0; x < outWidth; x++, at += 3) {
      let from = 3 * (row + first[x]!)
      let red = half
      let green = half
      let blue = half
      const end = x * stride + count[x]!
      for (let k = x * stride; k < end; k++, from += 3) {
        const weight = weights[k]!
        red = (red + Math.imul(data[from]!, weight)) | 0
        green = (green + Math.imul(data[from + 1]!, weight)) | 0
        blue = (blue + Math.imul(data[from + 2]!, weight)) | 0
      }
      out[at] = red >> precision
      out[at + 1] = green >> precision
      out[at + 2] = blue >> precision
    }
  }
}

/**
 * Makes each line of `out` of several lines of `data`, which are as wide as those of `out`.
 *
 * Four sums at a time share the reading of a weight, which halves the time.
 */
function resampleRows(data: Uint8Array, start: number, taps: Taps, out: Image): void {
  const { first, count, weights, stride, precision } = taps
  const half = 1 << (precision - 1)
  const line = out.width * out.channels
  const to = out.data
  for (let y = 0; y < out.height; y++) {
    const from = start + first[y]! * line
    const begin = y * stride
    const end = begin + count[y]!
    const at = y * line
    let x = 0
    for (; x + 3 < line; x += 4) {
      let s0 = half
      let s1 = half
      let s2 = half
      let s3 = half
      for (let k = begin, p = from + x; k < end; k++, p += line) {
        const weight = weights[k]!
        s0 = (s0 + Math.imul(data[p]!, weight)) | 0
        s1 = (s1 + Math.imul(data[p + 1]!, weight)) | 0
        s2 = (s2 + Math.imul(data[p + 2]!, weight)) | 0
        s3 = (s3 + Math.imul(data[p + 3]!, weight)) | 0
      }
      to[at + x] = s0 >> precision
      to[at + x + 1] = s1 >> precision
      to[at + x + 2] = s2 >> precision
      to[at + x + 3] = s3 >> precision
    }
    for (; x < line; x++) {
      let sum = half
      for (let k = begin, p = from + x; k < end; k++, p += line) sum = (sum + Math.imul(data[p]!, weights[k]!)) | 0
      to[at + x] = sum >> precision
    }
  }
}
