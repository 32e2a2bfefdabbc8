/** Changes of colour on bytes, each after torchvision's functional of the same name. `out` may be the image itself. */
import { roundHalfEven } from './round.js'
import type { Image } from './step.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

const table = new Uint8Array(256)

/** Writes what a table says of each byte. */
export function applyTable({ data }: Image, values: Uint8Array, out: Image): void {
  const to = out.data
  for (let i = 0; i < data.length; i++) to[i] = values[data[i]!]!
}

/** Times `factor`: 0 gives black, 1 the image. */
export function brightness(image: Image, factor: number, out: Image): void {
  brightnessBy(wasmKernels(), image, factor, out)
}

/** The same by the given kernels, or without any; the bytes are the same. So it is with those below. */
export function brightnessBy(wasm: WasmKernels | undefined, image: Image, factor: number, out: Image): void {
  linear(wasm, image, factor, 0, out)
}

/** Away from the mean of its grey: 0 gives that grey everywhere, 1 the image. */
export function contrast(image: Image, factor: number, out: Image): void {
  contrastBy(wasmKernels(), image, factor, out)
}

export function contrastBy(wasm: WasmKernels | undefined, image: Image, factor: number, out: Image): void {
  linear(wasm, image, factor, meanGrey(wasm, image) * (1 - factor), out)
}

/** Away from grey: 0 gives grey, 1 the image. Images that are not RGB have no colours, and stay. */
export function saturation(image: Image, factor: number, out: Image): void {
  saturationBy(wasmKernels(), image, factor, out)
}

export function saturationBy(
  wasm: WasmKernels | undefined,
  { data, channels }: Image,
  factor: number,
  { data: out }: Image
): void {
  const rest = Math.fround(1 - factor)
  const own = Math.fround(factor)
  if (channels !== 3) out.set(data)
  else if (wasm !== undefined)
    throughWasm(wasm, data, out, (from, to) => wasm.run.saturation(from, to, data.length / 3, own, rest))
  else {
    for (let i = 0; i < data.length; i += 3) {
      const grey = Math.fround(rest * luma(data[i]!, data[i + 1]!, data[i + 2]!))
      for (let c = i; c < i + 3; c++) out[c] = byte(Math.fround(Math.fround(data[c]! * own) + grey))
    }
  }
}

/** Turns the hue by a share of the circle, in [−0.5, 0.5]. Images that are not RGB stay. */
export function hue(image: Image, turn: number, out: Image): void {
  hueBy(wasmKernels(), image, turn, out)
}

export function hueBy(
  wasm: WasmKernels | undefined,
  { data, channels }: Image,
  turn: number,
  { data: out }: Image
): void {
  const sixths = Math.fround(6 * turn)
  if (channels !== 3 || turn === 0) out.set(data)
  else if (wasm !== undefined)
    throughWasm(wasm, data, out, (from, to) => wasm.run.hue(from, to, data.length / 3, sixths))
  else for (let i = 0; i < data.length; i += 3) turnHue(data, i, sixths, out)
}

/** Grey in every channel. Images that are not RGB stay. */
export function grey(image: Image, out: Image): void {
  saturation(image, 0, out)
}

/** Each byte times `factor`, plus `offset`. */
function linear(wasm: WasmKernels | undefined, image: Image, factor: number, offset: number, out: Image): void {
  const { data } = image
  const [times, plus] = [Math.fround(factor), Math.fround(offset)]
  if (wasm !== undefined) {
    throughWasm(wasm, data, out.data, (from, to) => wasm.run.linear(from, to, data.length, times, plus))
    return
  }
  for (let v = 0; v < 256; v++) table[v] = byte(Math.fround(Math.fround(v * times) + plus))
  applyTable(image, table, out)
}

/** The mean of the grey of all pixels; of images that are not RGB, that of all bytes. */
function meanGrey(wasm: WasmKernels | undefined, { data, channels }: Image): number {
  let sum = 0
  if (channels !== 3) {
    for (let i = 0; i < data.length; i++) sum += data[i]!
    return sum / data.length
  }
  const pixels = data.length / 3
  if (wasm !== undefined) {
    wasm.begin(data.length, 1)
    return wasm.run.lumaSum(wasm.put(data), pixels) / pixels
  }
  for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!)
  return sum / pixels
}

function throughWasm(
  wasm: WasmKernels,
  data: Uint8Array,
  out: Uint8Array,
  run: (from: number, to: number) => void
): void {
  wasm.begin(data.length + out.length, 2)
  const to = wasm.target(out)
  run(wasm.put(data), to)
  wasm.take(to, out)
}

/** Turns one pixel, in float32. */
function turnHue(data: Uint8Array, i: number, sixths: number, out: Uint8Array): void {
  const r = data[i]!
  const g = data[i + 1]!
  const b = data[i + 2]!
  const most = Math.max(r, g, b)
  const range = most - Math.min(r, g, b)
  const divisor = Math.max(range, 1)
  const own =
    most === r
      ? Math.fround((g - b) / divisor)
      : most === g
        ? Math.fround(2 + Math.fround((b - r) / divisor))
        : Math.fround(4 + Math.fround((r - g) / divisor))
  const turned = Math.fround(own + sixths)
  const hue = turned < 0 ? Math.fround(turned + 6) : turned >= 6 ? turned - 6 : turned
  // Each channel falls from the largest value to the smallest as its distance on the circle goes from 1 to 2 sixths.
  out[i] = channel(hue, 0, most, range)
  out[i + 1] = channel(hue, 2, most, range)
  out[i + 2] = channel(hue, 4, most, range)
}

/** The value of the channel whose hue is at `peak` sixths of the circle. */
function channel(hue: number, peak: number, most: number, range: number): number {
  const apart = Math.fround(Math.abs(hue - peak))
  const distance = apart > 3 ? Math.fround(6 - apart) : apart
  const fall = Math.min(1, Math.max(0, Math.fround(distance - 1)))
  return roundHalfEven(Math.fround(most - Math.fround(range * fall)))
}

/** ITU-R 601 with torchvision's digits, rounded down. */
function luma(r: number, g: number, b: number): number {
  return Math.floor((2989 * r + 5870 * g + 1140 * b) / 10_000)
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : roundHalfEven(value)
}
