/** Mirrors an image with a given probability. */
import type { Image, SampleStep } from './step.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

export interface RandomFlipStepOptions {
  readonly p: number
  readonly direction: 'horizontal' | 'vertical'
}

export interface RandomFlipParams {
  readonly direction: 'horizontal' | 'vertical'
}

export const randomFlipStep: SampleStep<RandomFlipStepOptions, RandomFlipParams> = {
  name: 'randomFlip',
  inPlace: true,

  draw(rng, { p, direction }) {
    return rng.bool(p) ? { direction } : undefined
  },

  geometry: {
    point: ({ direction }, [height, width], x, y) => (direction === 'vertical' ? [x, height - y] : [width - x, y]),
    mask: flip
  },

  apply: flip
}

function flip(image: Image, { direction }: RandomFlipParams, out: Image): void {
  if (direction === 'vertical') flipRows(image, out)
  else flipColumnsBy(wasmKernels(), image, out)
}

/** Exchanges left and right by the given kernels, or without any; the bytes are the same. */
export function flipColumnsBy(wasm: WasmKernels | undefined, image: Image, out: Image): void {
  if (image.channels !== 3) flipColumns(image, out)
  else if (wasm === undefined) flipRgbColumns(image, out)
  else flipWasm(wasm, image, out)
}

function flipWasm(wasm: WasmKernels, { data, width, height }: Image, out: Image): void {
  wasm.begin(data.length + out.data.length + 3 * width, 3)
  const from = wasm.put(data)
  const to = wasm.target(out.data)
  wasm.run.flipColumns3(from, to, width, height, wasm.room(3 * width))
  wasm.take(to, out.data)
}

/** Exchanges left and right. Pairs of pixels are read before they are written, so `out` may be the image itself. */
function flipColumns({ data, width, height, channels }: Image, out: Image): void {
  const to = out.data
  for (let y = 0; y < height; y++) {
    const row = y * width * channels
    for (let left = 0, right = width - 1; left <= right; left++, right--) {
      for (let c = 0; c < channels; c++) {
        const l = row + left * channels + c
        const r = row + right * channels + c
        const byte = data[l]!
        to[l] = data[r]!
        to[r] = byte
      }
    }
  }
}

/** The same for three channels, without an inner loop: half the time. */
function flipRgbColumns({ data, width, height }: Image, out: Image): void {
  const to = out.data
  const line = 3 * width
  for (let y = 0; y < height; y++) {
    for (let l = y * line, r = l + line - 3; l <= r; l += 3, r -= 3) {
      const red = data[l]!
      const green = data[l + 1]!
      const blue = data[l + 2]!
      to[l] = data[r]!
      to[l + 1] = data[r + 1]!
      to[l + 2] = data[r + 2]!
      to[r] = red
      to[r + 1] = green
      to[r + 2] = blue
    }
  }
}

/** Exchanges top and bottom. */
function flipRows({ data, width, height, channels }: Image, out: Image): void {
  const line = width * channels
  const to = out.data
  for (let top = 0, bottom = height - 1; top <= bottom; top++, bottom--) {
    for (let t = top * line, b = bottom * line; t < (top + 1) * line; t++, b++) {
      const byte = data[t]!
      to[t] = data[b]!
      to[b] = byte
    }
  }
}
