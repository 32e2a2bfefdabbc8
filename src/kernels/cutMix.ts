/** Replaces a box of each image of a batch by the same box of a partner; labels become shares of the area. */
import { mixLabels } from './mixLabels.js'
import { drawPartners, KEPT, keptImage, keptLabel, type PartnerPolicy, visitPairs } from './partners.js'
import type { BatchStep } from './step.js'

export interface CutMixStepOptions {
  readonly alpha: number
  readonly p: number
  readonly partner: PartnerPolicy
  /** Whether labels follow the pixels that were replaced in fact, not the share that was drawn. */
  readonly correct: boolean
}

/** A rectangle within the images; it may be empty. */
export interface CutMixBox {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

export interface CutMixParams {
  readonly box: CutMixBox
  /** Weight of a sample's own label, and of its partner's. */
  readonly weights: readonly [own: number, partner: number]
  /** The partner of each sample, a permutation. */
  readonly partners: readonly number[]
}

export const cutMixStep: BatchStep<CutMixStepOptions, CutMixParams> = {
  name: 'cutMix',

  draw(rng, { alpha, p, partner, correct }, [n, height, width]) {
    if (alpha === 0 || !rng.bool(p)) return undefined
    const lambda = rng.beta(alpha, alpha)
    const box = cutMixBox(width, height, lambda, rng.int(width), rng.int(height))
    const area = box.height * box.width
    if (area === 0 && correct) return undefined
    const total = height * width
    const weights = correct ? ([(total - area) / total, area / total] as const) : ([lambda, 1 - lambda] as const)
    return { box, weights, partners: drawPartners(rng, partner, n) }
  },

  apply({ images, shape: [, height, width, channels], labels, labelWidth }, { box, weights, partners }) {
    const line = width * channels
    const size = height * line
    const length = box.width * channels
    const start = box.top * line + box.left * channels
    const end = start + box.height * line
    const kept = keptImage(images, size)
    const keptRow = keptLabel(labelWidth)
    const keep = (row: number) => {
      for (let at = start; at < end; at += line)
        kept.set(images.subarray(row * size + at, row * size + at + length), at)
      keptRow.set(labels.subarray(row * labelWidth, (row + 1) * labelWidth))
    }
    visitPairs(partners, keep, (row, partner) => {
      const to = row * size
      if (partner === KEPT) {
        for (let at = start; at < end; at += line) images.set(kept.subarray(at, at + length), to + at)
        mixLabels(labels, row * labelWidth, weights[0], keptRow, 0, weights[1], labelWidth)
      } else {
        const from = partner * size
        for (let at = start; at < end; at += line) images.copyWithin(to + at, from + at, from + at + length)
        mixLabels(labels, row * labelWidth, weights[0], labels, partner * labelWidth, weights[1], labelWidth)
      }
    })
  }
}

/**
 * The box of the authors' code, clipped to the image: sides are even, and the area before clipping is about 1 − λ.
 *
 * @param x column of the centre
 * @param y row of the centre
 */
export function cutMixBox(width: number, height: number, lambda: number, x: number, y: number): CutMixBox {
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
