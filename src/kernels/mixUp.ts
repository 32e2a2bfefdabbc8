/** Blends each image of a batch, and its label, with those of a partner. */
import type { Rng } from '../random/rng.js'
import type { Targets } from '../sample.js'
import { drawEach, type Granularity } from './granularity.js'
import { mixLabels } from './mixLabels.js'
import { changeRows, drawPartners, type PartnerPolicy } from './partners.js'
import { joinTargets } from './pastedTargets.js'
import type { BatchStep } from './step.js'

export interface MixUpStepOptions {
  readonly alpha: number
  readonly granularity: Granularity
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
    const drawn = drawEach(granularity, n, () => drawLambda(rng, alpha, p))
    const lambda = granularity === 'batch' ? drawn[0]! : drawn
    if (lambda === 1) return undefined
    return { lambda, partners: drawPartners(rng, partner, n) }
  },

  apply(batch, { lambda, partners }) {
    const { images, shape } = batch
    const size = shape[1] * shape[2] * shape[3]
    changeRows(images, size, partners, (row, from, at) =>
      blend(images, row * size, weight(lambda, row), from, at, size)
    )
    mixLabels(batch, partners, row => {
      const own = weight(lambda, row)
      return [own, 1 - own]
    })
  },

  targets({ lambda, partners }, _shape, rows) {
    return rows.map((own, row) => both(own, rows[partners[row]!]!, weight(lambda, row)))
  }
}

function weight(lambda: MixUpParams['lambda'], row: number): number {
  return typeof lambda === 'number' ? lambda : lambda[row]!
}

/** Those of every image that is to be seen. */
function both(own: Targets, partner: Targets, weight: number): Targets {
  if (weight === 1 || own === partner) return own
  return weight === 0 ? partner : joinTargets([own, partner])
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
  if (own === 1) return
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
