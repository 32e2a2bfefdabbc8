/** Blends each image of a batch, and its label, with those of a partner. */
import type { Rng } from '../random/rng.js'
import { mixLabels } from './mixLabels.js'
import { drawPartners, KEPT, keptImage, keptLabel, type PartnerPolicy, visitPairs } from './partners.js'
import type { BatchStep } from './step.js'

export interface MixUpStepOptions {
  readonly alpha: number
  readonly granularity: 'batch' | 'sample'
  readonly partner: PartnerPolicy
  readonly p: number
}

export interface MixUpParams {
  /** Weight of the image itself: one for the batch, or one for each sample. A multiple of 1 / 65,536. */
  readonly lambda: number | readonly number[]
  /** The partner of each sample, a permutation. */
  readonly partners: readonly number[]
}

export const mixUpStep: BatchStep<MixUpStepOptions, MixUpParams> = {
  name: 'mixUp',

  draw(rng, { alpha, granularity, partner, p }, [n]) {
    if (alpha === 0 || p === 0) return undefined
    const lambda =
      granularity === 'batch' ? drawLambda(rng, alpha, p) : Array.from({ length: n }, () => drawLambda(rng, alpha, p))
    if (lambda === 1) return undefined
    return { lambda, partners: drawPartners(rng, partner, n) }
  },

  apply({ images, shape: [, height, width, channels], labels, labelWidth }, { lambda, partners }) {
    const size = height * width * channels
    const kept = keptImage(images, size)
    const keptRow = keptLabel(labelWidth)
    const keep = (row: number) => {
      kept.set(images.subarray(row * size, (row + 1) * size))
      keptRow.set(labels.subarray(row * labelWidth, (row + 1) * labelWidth))
    }
    visitPairs(partners, keep, (row, partner) => {
      const own = typeof lambda === 'number' ? lambda : lambda[row]!
      const foreign = 1 - own
      if (partner === KEPT) {
        blend(images, row * size, own, kept, 0, size)
        mixLabels(labels, row * labelWidth, own, keptRow, 0, foreign, labelWidth)
      } else {
        blend(images, row * size, own, images, partner * size, size)
        mixLabels(labels, row * labelWidth, own, labels, partner * labelWidth, foreign, labelWidth)
      }
    })
  }
}

/**
 * Draws the weight with 16 bits, so that bytes can be mixed exactly in integers and labels get the very weight that
 * pixels do. It is 1, which is no mixing, except with probability `p`.
 */
function drawLambda(rng: Rng, alpha: number, p: number): number {
  const mixes = rng.bool(p)
  const lambda = Math.round(rng.beta(alpha, alpha) * 65_536) / 65_536
  return mixes ? lambda : 1
}

function blend(
  images: Uint8Array | Float32Array,
  at: number,
  own: number,
  other: Uint8Array | Float32Array,
  otherAt: number,
  size: number
): void {
  if (images instanceof Float32Array) blendFloats(images, at, own, other as Float32Array, otherAt, size)
  else blendBytes(images, at, Math.round(own * 65_536), other as Uint8Array, otherAt, size)
}

/** Rounds half to even: adds just less than one half, and the last bit of what would be kept. */
function blendBytes(
  images: Uint8Array,
  at: number,
  own: number,
  other: Uint8Array,
  otherAt: number,
  size: number
): void {
  const foreign = 65_536 - own
  for (let i = 0; i < size; i++) {
    const sum = Math.imul(own, images[at + i]!) + Math.imul(foreign, other[otherAt + i]!)
    images[at + i] = (sum + 0x7fff + ((sum >>> 16) & 1)) >>> 16
  }
}

function blendFloats(
  images: Float32Array,
  at: number,
  own: number,
  other: Float32Array,
  otherAt: number,
  size: number
): void {
  const a = Math.fround(own)
  const b = Math.fround(1 - own)
  for (let i = 0; i < size; i++) {
    images[at + i] = Math.fround(a * images[at + i]!) + Math.fround(b * other[otherAt + i]!)
  }
}
