/** Patches each image of a batch together from crops of four; labels become shares of the area. */
import type { Rng } from '../random/rng.js'
import { copyBlock, frameOf, planesOf } from './blocks.js'
import type { Rectangle } from './fill.js'
import { drawEach, ofRow } from './granularity.js'
import { joinTargets, pastedTargets } from './pastedTargets.js'
import { roundHalfEven } from './round.js'
import { Scratch } from './scratch.js'
import type { BatchBuffers, BatchStep } from './step.js'

export interface RicapStepOptions {
  /** Both boundaries are drawn from Beta(beta, beta). */
  readonly beta: number
  readonly rounding: 'half-even' | 'half-up'
  readonly granularity: 'batch' | 'sample'
  readonly p: number
}

/** A rectangle of the result, and where in its source the crop of that size begins. It may be empty. */
export interface Tile extends Rectangle {
  readonly fromTop: number
  readonly fromLeft: number
}

export interface RicapParams {
  /**
   * Four tiles, top left, top right, bottom left, bottom right, or none where the image stays; for each sample, or once
   * for all.
   */
  readonly layouts: readonly (readonly Tile[])[]
  /** Of each of the four tiles, the source of each sample: a permutation. */
  readonly partners: readonly (readonly number[])[]
}

export const ricapStep: BatchStep<RicapStepOptions, RicapParams> = {
  name: 'ricap',
  masks: true,

  draw(rng, options, [n, height, width]) {
    if (options.beta === 0 || options.p === 0) return undefined
    const layouts = drawEach(options.granularity, n, () => drawLayout(rng, options, height, width))
    if (layouts.every(tiles => tiles.length === 0)) return undefined
    return { layouts, partners: Array.from({ length: 4 }, () => Array.from(rng.permutation(n))) }
  },

  apply(batch, params) {
    const [n, height, width] = batch.shape
    for (const { values, channels } of planesOf(batch)) {
      const line = width * channels
      const size = height * line
      const before = copied(values)
      const corner = (of: Uint8Array | Float32Array, row: number, top: number, left: number) => ({
        values: of,
        at: row * size + top * line + left * channels,
        line
      })
      for (let row = 0; row < n; row++) {
        ofRow(params.layouts, row).forEach(({ top, left, height, width, fromTop, fromLeft }, k) => {
          const from = corner(before, params.partners[k]![row]!, fromTop, fromLeft)
          copyBlock(corner(values, row, top, left), from, width * channels, height)
        })
      }
    }
    mixFour(batch, params)
  },

  targets({ layouts, partners }, _shape, rows) {
    return rows.map((own, row) => {
      const tiles = ofRow(layouts, row)
      if (tiles.length === 0) return own
      return joinTargets(
        tiles.map((tile, k) => {
          const shift = { scaleX: 1, scaleY: 1, x: tile.left - tile.fromLeft, y: tile.top - tile.fromTop }
          return pastedTargets(rows[partners[k]![row]!]!, shift, frameOf(tile))
        })
      )
    })
  }
}

function drawLayout(rng: Rng, { beta, rounding, p }: RicapStepOptions, height: number, width: number): readonly Tile[] {
  if (!rng.bool(p)) return []
  const round = rounding === 'half-even' ? roundHalfEven : Math.round
  const w = round(width * rng.beta(beta, beta))
  const h = round(height * rng.beta(beta, beta))
  return ricapBoxes(width, height, w, h).map(box => ({
    ...box,
    fromTop: rng.int(height - box.height + 1),
    fromLeft: rng.int(width - box.width + 1)
  }))
}

/** The four rectangles around a boundary: left of column `w` and right of it, above row `h` and below it. */
export function ricapBoxes(width: number, height: number, w: number, h: number): readonly Rectangle[] {
  return [
    { top: 0, left: 0, height: h, width: w },
    { top: 0, left: w, height: h, width: width - w },
    { top: h, left: 0, height: height - h, width: w },
    { top: h, left: w, height: height - h, width: width - w }
  ]
}

/** Weighs labels by counts of pixels, which are divided last: so the weight of a class is its share, rounded once. */
function mixFour(
  { labels, labelWidth, shape: [n, height, width] }: BatchBuffers,
  { layouts, partners }: RicapParams
): void {
  const before = copied(labels)
  for (let row = 0; row < n; row++) {
    const tiles = ofRow(layouts, row)
    if (tiles.length === 0) continue
    for (let k = 0; k < labelWidth; k++) {
      let sum = 0
      for (let t = 0; t < tiles.length; t++) {
        sum += tiles[t]!.height * tiles[t]!.width * before[partners[t]![row]! * labelWidth + k]!
      }
      labels[row * labelWidth + k] = sum / (height * width)
    }
  }
}

const scratch = new Scratch()

/** The values as they are now. */
function copied<T extends Uint8Array | Float32Array>(values: T): T {
  const copy = scratch.like(values, values.length)
  copy.set(values)
  return copy
}
