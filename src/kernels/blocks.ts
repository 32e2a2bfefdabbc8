/** Rectangles of pixels, copied from one image to another. */
import type { Rectangle } from './fill.js'
import type { BatchBuffers, Frame } from './step.js'
import type { BatchKernels } from './wasm/module.js'

/** Where a block begins, and how far its lines are from each other, in values. */
export interface Corner {
  readonly values: Uint8Array | Float32Array
  readonly at: number
  readonly line: number
}

/**
 * Copies `lines` lines of `length` values.
 *
 * @param wasm kernels that reach the target; they are used where they reach bytes of both
 */
export function copyBlock(to: Corner, from: Corner, length: number, lines: number, wasm?: BatchKernels): void {
  if (length === 0) return
  const bytes = to.values instanceof Uint8Array && to.values.buffer === from.values.buffer
  if (wasm !== undefined && bytes) {
    wasm.copyBlock(to.values.byteOffset + to.at, to.line, from.values.byteOffset + from.at, from.line, length, lines)
    return
  }
  for (let y = 0; y < lines; y++) {
    const at = from.at + y * from.line
    to.values.set(from.values.subarray(at, at + length), to.at + y * to.line)
  }
}

/** The images of a batch, or its masks. */
export interface Plane {
  readonly values: Uint8Array | Float32Array
  readonly channels: number
}

/** The images, and the masks where there are any: what moves pixels moves both. */
export function planesOf({ images, masks, shape: [, , , channels] }: BatchBuffers): readonly Plane[] {
  const plane = { values: images, channels }
  return masks === undefined ? [plane] : [plane, { values: masks, channels: 1 }]
}

/** The same rectangle by its borders. */
export function frameOf({ left, top, width, height }: Rectangle): Frame {
  return { left, top, right: left + width, bottom: top + height }
}
