/** Blends each image of a batch, and its label, with those of a partner. */
import type { Rng } from '../random/rng.js'
import type { Targets } from '../sample.js'
import { blendImages, UNIT } from './blend.js'
import { drawEach, type Granularity } from './granularity.js'
import { mixLabels } from './mixLabels.js'
import { drawPartners, type PartnerPolicy } from './partners.js'
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
    blendImages(batch, partners, row => weight(lambda, row))
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
  const lambda = Math.round(rng.beta(alpha, alpha) * UNIT) / UNIT
  return mixes ? lambda : 1
}
