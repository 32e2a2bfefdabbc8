/** Separable Gaussian filtering of float32 planes, in float32 arithmetic throughout, so that vectors give the same bits. */
import { roundHalfEven } from './round.js'
import { Scratch } from './scratch.js'
import type { Image, Shape } from './step.js'
import { blurBytesWasm, blurWasm } from './wasm/gaussian.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

/** What stands beyond the border: nothing, or the plane mirrored at its last values. */
export type BlurBorder = 'zero' | 'reflect'

/** Where a Gaussian is cut off, in standard deviations. */
const CUT = 3

/** Half a Gaussian with a sum of 1, from its middle outward. */
export function gaussianWeights(sigma: number, radius: number = Math.ceil(CUT * sigma)): Float32Array {
  if (sigma !== last.sigma || radius !== last.radius) last = { sigma, radius, weights: computeWeights(sigma, radius) }
  return last.weights
}

// Those of the last call, because one step asks for the same again and again.
let last = { sigma: 0, radius: 0, weights: computeWeights(0, 0) }

function computeWeights(sigma: number, radius: number): Float32Array {
  if (sigma === 0) return Float32Array.of(1)
  const values = new Float64Array(radius + 1)
  let sum = -1
  for (let i = 0; i <= radius; i++) {
    values[i] = Math.exp((-i * i) / (2 * sigma * sigma))
    sum += 2 * values[i]!
  }
  const weights = new Float32Array(radius + 1)
  for (let i = 0; i <= radius; i++) weights[i] = values[i]! / sum
  return weights
}

// Scratch memory of this thread, grown to the largest plane seen.
const rowScratch = new Scratch()
const planeScratch = new Scratch()
const imageScratch = new Scratch()

/**
 * Filters rows and columns of a plane in place.
 *
 * @param half the kernel's right half, from its middle on
 */
export function blur(plane: Float32Array, shape: Shape, half: Float32Array, border: BlurBorder): void {
  blurBy(wasmKernels(), plane, shape, half, border)
}

/** The same by the given kernels, or without any; the bits are the same. */
export function blurBy(
  wasm: WasmKernels | undefined,
  plane: Float32Array,
  shape: Shape,
  half: Float32Array,
  border: BlurBorder
): void {
  const radius = half.length - 1
  if (radius === 0) return
  if (wasm !== undefined) {
    blurWasm(wasm, plane, shape, half, border === 'reflect')
    return
  }
  const [height, width, channels] = shape
  const line = width * channels
  const margin = radius * channels
  const padded = rowScratch.floats(line + 2 * margin)
  const between = planeScratch.floats((height + 2 * radius) * line)
  const first = radius * line
  for (let y = 0; y < height; y++) {
    padded.set(plane.subarray(y * line, (y + 1) * line), margin)
    pad(padded, width, channels, radius, border)
    filter(padded, margin, channels, half, between, first + y * line, line)
  }
  pad(between, height, line, radius, border)
  filter(between, first, line, half, plane, 0, height * line)
}

/** Filters the pixels of an image, mirrored at its borders, and rounds half to even. `out` may be the image itself. */
export function blurImage(image: Image, half: Float32Array, out: Image): void {
  blurImageBy(wasmKernels(), image, half, out)
}

/** The same by the given kernels, or without any; the bytes are the same. */
export function blurImageBy(
  wasm: WasmKernels | undefined,
  { data, height, width, channels }: Image,
  half: Float32Array,
  out: Image
): void {
  const shape = [height, width, channels] as const
  if (wasm !== undefined) {
    blurBytesWasm(wasm, data, shape, half, true, out.data)
    return
  }
  const floats = imageScratch.floats(data.length).subarray(0, data.length)
  floats.set(data)
  blurBy(undefined, floats, shape, half, 'reflect')
  for (let i = 0; i < data.length; i++) out.data[i] = roundHalfEven(floats[i]!)
}

/** Fills in what stands beyond the ends of `size` items of `step` values each, with room for `radius` items before and after them. */
function pad(values: Float32Array, size: number, step: number, radius: number, border: BlurBorder): void {
  const end = (radius + size) * step
  if (border === 'zero') {
    values.fill(0, 0, radius * step)
    values.fill(0, end, end + radius * step)
    return
  }
  for (let i = 1; i <= radius; i++) {
    const left = (radius + mirrored(-i, size)) * step
    const right = (radius + mirrored(size - 1 + i, size)) * step
    values.copyWithin((radius - i) * step, left, left + step)
    values.copyWithin(end + (i - 1) * step, right, right + step)
  }
}

/** Filters `count` values from `from` on: neighbours are `step` apart. */
function filter(
  values: Float32Array,
  from: number,
  step: number,
  half: Float32Array,
  out: Float32Array,
  at: number,
  count: number
): void {
  const first = half[0]!
  for (let i = 0; i < count; i++) {
    let sum = Math.fround(first * values[from + i]!)
    for (let k = 1, before = from + i - step, after = from + i + step; k < half.length; k++) {
      const pair = Math.fround(values[before]! + values[after]!)
      sum = Math.fround(sum + Math.fround(half[k]! * pair))
      before -= step
      after += step
    }
    out[at + i] = sum
  }
}

/** The index that stands in for one beyond the border, however far. */
function mirrored(i: number, n: number): number {
  if (n === 1) return 0
  const period = 2 * (n - 1)
  const at = ((i % period) + period) % period
  return at < n ? at : period - at
}
