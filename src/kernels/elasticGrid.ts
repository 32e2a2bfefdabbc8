/** Bends an image by random displacements of a coarse grid (Ronneberger, Fischer, Brox 2015). */
import { IDENTITY } from './affine.js'
import { perChannel } from './crop.js'
import { displacedPoint } from './displaced.js'
import { splineCoefficients, splineIndex, splineWeights } from './spline.js'
import { type SplineBorder, warpSpline } from './splineWarp.js'
import type { SampleStep } from './step.js'
import { maskWarp, type RowMap, warp } from './warp.js'

export interface ElasticGridStepOptions {
  /** Standard deviation of the displacements, in pixels. */
  readonly sigma: number
  /** Points of the grid. */
  readonly points: readonly [rows: number, columns: number]
  /** Of the spline that images are sampled by: 1 is bilinear, 3 cubic. */
  readonly order: 1 | 3
  readonly border: SplineBorder
  readonly fill: number | readonly number[]
  readonly p: number
}

export interface ElasticGridParams {
  readonly points: readonly [rows: number, columns: number]
  /** Displacements to the right and down, row after row of the grid, in pixels. */
  readonly dx: readonly number[]
  readonly dy: readonly number[]
  readonly order: 1 | 3
  readonly border: SplineBorder
  readonly fill: readonly number[]
}

export const elasticGridStep: SampleStep<ElasticGridStepOptions, ElasticGridParams> = {
  name: 'elasticGrid',

  draw(rng, { sigma, points, order, border, fill, p }, shape) {
    if (!rng.bool(p) || sigma === 0) return undefined
    const count = points[0] * points[1]
    const dx = Array.from({ length: count }, () => sigma * rng.normal())
    const dy = Array.from({ length: count }, () => sigma * rng.normal())
    return { points, dx, dy, order, border, fill: perChannel('elasticGrid', fill, shape[2]) }
  },

  geometry: {
    point(params, [height, width], x, y) {
      const grid = new Grid(params, height, width)
      return displacedPoint(x, y, IDENTITY, (px, py) => grid.at(px - 0.5, py - 0.5))
    },
    mask(mask, params, out) {
      warp(mask, new Grid(params, mask.height, mask.width).rows(), maskWarp(params.border), out)
    }
  },

  apply(image, params, out) {
    const rows = new Grid(params, image.height, image.width).rows()
    const { order, border, fill } = params
    if (order === 1) warp(image, rows, { interpolation: 'bilinear', border, fill }, out)
    else warpSpline(image, rows, border, fill, out)
  }
}

/** The cubic spline through the displacements; the outermost points of the grid lie on the outermost pixels. */
class Grid {
  readonly #points: readonly [number, number]
  readonly #dx: Float64Array
  readonly #dy: Float64Array
  readonly #scale: readonly [y: number, x: number]
  readonly #width: number
  readonly #across = new Float64Array(4)
  readonly #down = new Float64Array(4)

  constructor({ points, dx, dy }: ElasticGridParams, height: number, width: number) {
    this.#points = points
    this.#dx = coefficients(dx, points)
    this.#dy = coefficients(dy, points)
    this.#scale = [(points[0] - 1) / Math.max(1, height - 1), (points[1] - 1) / Math.max(1, width - 1)]
    this.#width = width
  }

  /** Displacement at a place in index coordinates; beyond the grid that of its border. */
  at(x: number, y: number): readonly [dx: number, dy: number] {
    const [rows, columns] = this.#points
    const row = splineWeights(Math.max(0, Math.min(rows - 1, y * this.#scale[0])), this.#down)
    const column = splineWeights(Math.max(0, Math.min(columns - 1, x * this.#scale[1])), this.#across)
    let [dx, dy] = [0, 0]
    for (let j = 0; j < 4; j++) {
      const line = splineIndex(row + j, rows) * columns
      for (let i = 0; i < 4; i++) {
        const weight = this.#down[j]! * this.#across[i]!
        const at = line + splineIndex(column + i, columns)
        dx += weight * this.#dx[at]!
        dy += weight * this.#dy[at]!
      }
    }
    return [dx, dy]
  }

  /** Sampling by the displacements. What the columns have in common is computed once. */
  rows(): RowMap {
    const [gridRows, columns] = this.#points
    const width = this.#width
    const first = new Int32Array(width)
    const weights = new Float64Array(4 * width)
    for (let x = 0; x < width; x++) {
      first[x] = splineWeights(x * this.#scale[1], this.#across)
      weights.set(this.#across, 4 * x)
    }
    const lineX = new Float64Array(columns + 4)
    const lineY = new Float64Array(columns + 4)
    return (y, xs, ys) => {
      const row = splineWeights(y * this.#scale[0], this.#down)
      // The grid's line at this height, from one place before it on.
      for (let c = -1; c < columns + 3; c++) {
        let [sumX, sumY] = [0, 0]
        for (let j = 0; j < 4; j++) {
          const at = splineIndex(row + j, gridRows) * columns + splineIndex(c, columns)
          sumX += this.#down[j]! * this.#dx[at]!
          sumY += this.#down[j]! * this.#dy[at]!
        }
        lineX[c + 1] = sumX
        lineY[c + 1] = sumY
      }
      for (let x = 0; x < width; x++) {
        let [dx, dy] = [0, 0]
        for (let i = 0; i < 4; i++) {
          dx += weights[4 * x + i]! * lineX[first[x]! + 1 + i]!
          dy += weights[4 * x + i]! * lineY[first[x]! + 1 + i]!
        }
        xs[x] = x + dx
        ys[x] = y + dy
      }
    }
  }
}

function coefficients(values: readonly number[], [rows, columns]: readonly [number, number]): Float64Array {
  const spline = Float64Array.from(values)
  for (let x = 0; x < columns; x++) splineCoefficients(spline, x, rows, columns)
  for (let y = 0; y < rows; y++) splineCoefficients(spline, y * columns, columns, 1)
  return spline
}
