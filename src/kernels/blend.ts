/** Weighted means of the images of a batch and their partners: of bytes, of floats, or from bytes to normalised floats. */
import { normalizeInto, PERIOD, type Scaling } from './normalize.js'
import { changeRows, KEPT, visitPairs } from './partners.js'
import { Scratch } from './scratch.js'
import type { BatchBuffers } from './step.js'
import type { BatchKernels } from './wasm/module.js'

/** Weights are multiples of 1 / `UNIT`, so that bytes are mixed exactly in whole numbers. */
export const UNIT = 65_536

const scratch = new Scratch()

/**
 * Blends each image with its partner's as it was before.
 *
 * Bytes that are to become floats do so here, in one pass, and are not rounded in between; those that stay bytes are
 * rounded half to even.
 *
 * @param partners the partner of each image, a permutation
 * @param weightOf an image's own weight, a multiple of 1 / `UNIT`
 */
export function blendImages(batch: BatchBuffers, partners: readonly number[], weightOf: (row: number) => number): void {
  const { images, floats, shape, wasm } = batch
  const size = shape[1] * shape[2] * shape[3]
  if (images instanceof Float32Array) {
    changeRows(images, size, partners, (row, from, at) => {
      blendFloats(images.subarray(row * size, (row + 1) * size), weightOf(row), from.subarray(at, at + size))
    })
  } else if (floats === undefined) {
    const kept = batch.spare ?? scratch.bytes(size)
    const rowOf = (row: number): Uint8Array => images.subarray(row * size, (row + 1) * size)
    visitPairs(
      partners,
      row => kept.set(rowOf(row)),
      (row, partner) => {
        const other = partner === KEPT ? kept.subarray(0, size) : rowOf(partner)
        blendBytes(rowOf(row), Math.round(weightOf(row) * UNIT), other, batch.spare && wasm)
      }
    )
  } else {
    for (const [row, partner] of partners.entries()) {
      const own = images.subarray(row * size, (row + 1) * size)
      const other = images.subarray(partner * size, (partner + 1) * size)
      const out = floats.images.subarray(row * size, (row + 1) * size)
      const weight = partner === row ? UNIT : Math.round(weightOf(row) * UNIT)
      blendNormalized(own, weight, other, out, floats.scaling, wasm)
    }
    batch.images = floats.images
  }
}

/** Rounds half to even: adds just less than one half, and the last bit of what would be kept. */
export function blendBytes(image: Uint8Array, own: number, other: Uint8Array, wasm?: BatchKernels): void {
  if (own === UNIT) return
  if (own === 0) {
    image.set(other)
  } else if (wasm !== undefined) {
    wasm.blendBytes(image.byteOffset, other.byteOffset, own, image.length)
  } else {
    const foreign = UNIT - own
    for (let i = 0; i < image.length; i++) {
      const sum = Math.imul(own, image[i]!) + Math.imul(foreign, other[i]!)
      image[i] = (sum + 0x7fff + ((sum >>> 16) & 1)) >>> 16
    }
  }
}

/** The mean of two images, which is exact, normalised. */
export function blendNormalized(
  image: Uint8Array,
  own: number,
  other: Uint8Array,
  out: Float32Array,
  scaling: Scaling,
  wasm?: BatchKernels
): void {
  const { channels, scale, offset } = scaling
  if (own === UNIT) normalizeInto(image, out, scaling, wasm)
  else if (own === 0) normalizeInto(other, out, scaling, wasm)
  else if (wasm !== undefined && scale.length === PERIOD) {
    wasm.blendNormalized(
      image.byteOffset,
      other.byteOffset,
      own,
      out.byteOffset,
      image.length,
      scale.byteOffset,
      offset.byteOffset
    )
  } else {
    const foreign = UNIT - own
    for (let c = 0; c < channels; c++) {
      const factor = scale[c]! / UNIT
      for (let i = c; i < image.length; i += channels) {
        const sum = Math.imul(own, image[i]!) + Math.imul(foreign, other[i]!)
        out[i] = Math.fround(sum * factor) + offset[c]!
      }
    }
  }
}

function blendFloats(image: Float32Array, own: number, other: Float32Array): void {
  if (own === 1) return
  const a = Math.fround(own)
  const b = Math.fround(1 - own)
  for (let i = 0; i < image.length; i++) image[i] = Math.fround(a * image[i]!) + Math.fround(b * other[i]!)
}
