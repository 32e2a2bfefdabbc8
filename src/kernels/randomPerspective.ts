/** Shows an image as if it were seen from another side. */
import type { Rng } from '../random/rng.js'
import type { SamplingStepOptions } from './affineDisplacement.js'
import { perChannel } from './crop.js'
import {
  invertProjection,
  isConvex,
  type Projection,
  project,
  projectionBetween,
  projectionRows,
  type Quad
} from './projection.js'
import type { SampleStep } from './step.js'
import { maskWarp, type WarpOptions, warp } from './warp.js'

export interface RandomPerspectiveStepOptions extends SamplingStepOptions {
  /** How far corners move, as a share of half a side. */
  readonly distortionScale: number
  readonly p: number
}

export interface RandomPerspectiveParams extends WarpOptions {
  /** From a pixel of the result to its place in the image. */
  readonly projection: Projection
}

/** Corners that form no convex quadrilateral are drawn again this often. */
const TRIES = 10

export const randomPerspectiveStep: SampleStep<RandomPerspectiveStepOptions, RandomPerspectiveParams> = {
  name: 'randomPerspective',

  draw(rng, { distortionScale, interpolation, border, fill, p }, [height, width, channels]) {
    if (!rng.bool(p)) return undefined
    const corners = cornersOf(height, width)
    const moved = drawCorners(rng, distortionScale, height, width)
    if (moved === undefined || moved.every(([x, y], i) => x === corners[i]![0] && y === corners[i]![1]))
      return undefined
    return {
      projection: projectionBetween(moved, corners),
      interpolation,
      border,
      fill: perChannel('randomPerspective', fill, channels)
    }
  },

  geometry: {
    point: ({ projection }, _shape, x, y) => project(invertProjection(projection, [0, 0]), x, y),
    mask: (mask, { projection, border }, out) => warp(mask, projectionRows(projection), maskWarp(border), out)
  },

  apply(image, params, out) {
    warp(image, projectionRows(params.projection), params, out)
  }
}

/** The points that move, in torchvision's numbers. */
function cornersOf(height: number, width: number): Quad {
  return [
    [0, 0],
    [width - 1, 0],
    [width - 1, height - 1],
    [0, height - 1]
  ]
}

/** Each corner moves inward by whole pixels, along both axes, all places equally likely. */
function drawCorners(rng: Rng, distortionScale: number, height: number, width: number): Quad | undefined {
  const x = Math.floor(distortionScale * Math.floor(width / 2)) + 1
  const y = Math.floor(distortionScale * Math.floor(height / 2)) + 1
  for (let i = 0; i < TRIES; i++) {
    const quad: Quad = [
      [rng.int(x), rng.int(y)],
      [width - x + rng.int(x), rng.int(y)],
      [width - x + rng.int(x), height - y + rng.int(y)],
      [rng.int(x), height - y + rng.int(y)]
    ]
    if (isConvex(quad)) return quad
  }
  return undefined
}
