/** Replaces a box of each image of a batch by the same box of a partner; labels become shares of the area. */
import type { Rng } from '../random/rng.js'
import { copyBlock, frameOf, planesOf } from './blocks.js'
import type { Rectangle } from './fill.js'
import { drawEach, type Granularity, ofRow } from './granularity.js'
import { mixLabels, shares, type Weights } from './mixLabels.js'
import { drawPartners, KEPT, type PartnerPolicy, visitPairs } from './partners.js'
import { coveredTargets, joinTargets, pastedTargets } from './pastedTargets.js'
import { Scratch } from './scratch.js'
import type { BatchStep } from './step.js'

export interface CutMixStepOptions {
  readonly alpha: number
  readonly p: number
  readonly granularity: Granularity
  readonly partner: PartnerPolicy
  /** Whether labels follow the pixels that were replaced in fact, not the share that was drawn. */
  readonly correct: boolean
  /** Least and greatest side of the box, as a share of the image's; undefined for the authors' box. */
  readonly minMax: readonly [low: number, high: number] | undefined
}

/** What is cut; the box may be empty. */
export interface Cut {
  readonly box: Rectangle
  readonly weights: Weights
}

export interface CutMixParams {
  /** One for each sample, or a single one for all. */
  readonly cuts: readonly Cut[]
  /** The partner of each sample, a permutation. */
  readonly partners: readonly number[]
}

export const cutMixStep: BatchStep<CutMixStepOptions, CutMixParams> = {
  name: 'cutMix',
  masks: true,

  draw(rng, options, [n, height, width]) {
    if (options.alpha === 0 || options.p === 0) return undefined
    const cuts = drawEach(options.granularity, n, () => drawCut(rng, options, height, width))
    if (cuts.every(cut => cut === UNCUT)) return undefined
    return { cuts, partners: drawPartners(rng, options.partner, n) }
  },

  apply(batch, { cuts, partners }) {
    const { spare, wasm } = batch
    const [, height, width] = batch.shape
    for (const { values, channels } of planesOf(batch)) {
      const line = width * channels
      const size = height * line
      const kept = values instanceof Uint8Array && spare !== undefined ? spare : scratch.like(values, size)
      const paste = (to: typeof values, at: number, from: typeof values, fromAt: number, { box }: Cut): void => {
        const start = box.top * line + box.left * channels
        const corner = { values: from, at: fromAt + start, line }
        copyBlock({ values: to, at: at + start, line }, corner, box.width * channels, box.height, wasm)
      }
      visitPairs(
        partners,
        (row, reader) => paste(kept, 0, values, row * size, ofRow(cuts, reader)),
        (row, partner) => {
          if (partner === KEPT) paste(values, row * size, kept, 0, ofRow(cuts, row))
          else paste(values, row * size, values, partner * size, ofRow(cuts, row))
        }
      )
    }
    mixLabels(batch, partners, row => ofRow(cuts, row).weights)
  },

  targets({ cuts, partners }, _shape, rows) {
    return rows.map((own, row) => {
      const frame = frameOf(ofRow(cuts, row).box)
      const partner = partners[row]!
      if (partner === row) return own
      return joinTargets([coveredTargets(own, frame), pastedTargets(rows[partner]!, IN_PLACE, frame)])
    })
  }
}

const scratch = new Scratch()
const IN_PLACE = { scaleX: 1, scaleY: 1, x: 0, y: 0 }
const UNCUT: Cut = { box: { top: 0, left: 0, height: 0, width: 0 }, weights: [1, 0] }

function drawCut(rng: Rng, { alpha, p, correct, minMax }: CutMixStepOptions, height: number, width: number): Cut {
  if (!rng.bool(p)) return UNCUT
  const lambda = minMax === undefined ? rng.beta(alpha, alpha) : 0
  const box =
    minMax === undefined
      ? cutMixBox(width, height, lambda, rng.int(width), rng.int(height))
      : drawInside(rng, minMax, height, width)
  const area = box.height * box.width
  if (!correct) return { box, weights: [lambda, 1 - lambda] }
  return area === 0 ? UNCUT : { box, weights: shares(area, height * width) }
}

/**
 * The box of the authors' code, clipped to the image: sides are even, and the area before clipping is about 1 − λ.
 *
 * @param x column of the centre
 * @param y row of the centre
 */
export function cutMixBox(width: number, height: number, lambda: number, x: number, y: number): Rectangle {
  const side = Math.sqrt(1 - lambda)
  const halfWidth = Math.floor(Math.floor(width * side) / 2)
  const halfHeight = Math.floor(Math.floor(height * side) / 2)
  const left = Math.max(0, x - halfWidth)
  const top = Math.max(0, y - halfHeight)
  return {
    top,
    left,
    height: Math.min(height, y + halfHeight) - top,
    width: Math.min(width, x + halfWidth) - left
  }
}

/** A box inside of the image, whose sides are drawn one by one. */
function drawInside(rng: Rng, [low, high]: readonly [number, number], height: number, width: number): Rectangle {
  const side = (length: number): number => {
    const least = Math.floor(length * low)
    return least + rng.int(Math.floor(length * high) - least + 1)
  }
  const [h, w] = [side(height), side(width)]
  return { top: rng.int(height - h + 1), left: rng.int(width - w + 1), height: h, width: w }
}
