/** Pastes a partner, made smaller as a whole, over each image of a batch; labels become shares of the area. */
import { copyBlock, frameOf, planesOf } from './blocks.js'
import type { Rectangle } from './fill.js'
import { mixLabels, shares, type Weights } from './mixLabels.js'
import { nearest } from './nearest.js'
import { changeRows, drawPartners, type PartnerPolicy } from './partners.js'
import { coveredTargets, joinTargets, pastedTargets } from './pastedTargets.js'
import { resample } from './resample.js'
import { resampleFloats } from './resampleFloats.js'
import { Scratch } from './scratch.js'
import type { BatchStep } from './step.js'

export interface ResizeMixStepOptions {
  /** Least and greatest side of the pasted image, as a share of the image's. */
  readonly scale: readonly [low: number, high: number]
  readonly partner: PartnerPolicy
  readonly p: number
}

export interface ResizeMixParams {
  readonly box: Rectangle
  readonly weights: Weights
  /** The partner of each sample, a permutation. */
  readonly partners: readonly number[]
}

export const resizeMixStep: BatchStep<ResizeMixStepOptions, ResizeMixParams> = {
  name: 'resizeMix',
  masks: true,

  draw(rng, { scale, partner, p }, [n, height, width]) {
    if (!rng.bool(p)) return undefined
    const side = rng.uniform(scale[0], scale[1])
    const box = { height: Math.floor(height * side), width: Math.floor(width * side) }
    if (box.height * box.width === 0) return undefined
    return {
      box: { top: rng.int(height - box.height + 1), left: rng.int(width - box.width + 1), ...box },
      weights: shares(box.height * box.width, height * width),
      partners: drawPartners(rng, partner, n)
    }
  },

  apply(batch, { box, weights, partners }) {
    const [, height, width] = batch.shape
    for (const { values, channels } of planesOf(batch)) {
      const scale = scalerOf(values, values === batch.masks)
      const line = width * channels
      const size = height * line
      const length = box.width * channels
      const small = scratch.like(values, box.height * length)
      const paste = (row: number, from: typeof values, at: number): void => {
        scale({ data: from.subarray(at, at + size), height, width, channels }, { ...box, data: small, channels })
        const start = row * size + box.top * line + box.left * channels
        copyBlock({ values, at: start, line }, { values: small, at: 0, line: length }, length, box.height)
      }
      changeRows(values, size, partners, paste, { alone: true })
    }
    mixLabels(batch, partners, () => weights)
  },

  targets({ box, partners }, [, height, width], rows) {
    const frame = frameOf(box)
    const placement = { scaleX: box.width / width, scaleY: box.height / height, x: box.left, y: box.top }
    return rows.map((own, row) =>
      joinTargets([coveredTargets(own, frame), pastedTargets(rows[partners[row]!]!, placement, frame)])
    )
  }
}

const scratch = new Scratch()

type Values = Uint8Array | Float32Array
type Scaler = (image: Sized<Values>, out: Sized<Values>) => void

/** Class ids are never blended. */
function scalerOf(values: Values, ids: boolean): Scaler {
  if (values instanceof Float32Array) return resampleFloats as Scaler
  const scale = ids ? nearest : resample
  return (image, out) => {
    const { width, height } = image
    scale(image as Sized<Uint8Array>, { left: 0, top: 0, width, height }, out as Sized<Uint8Array>)
  }
}

interface Sized<Data> {
  readonly data: Data
  readonly width: number
  readonly height: number
  readonly channels: number
}
