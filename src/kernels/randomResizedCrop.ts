/** Cuts out a rectangle of random area and aspect, and scales it to a given size. */
import type { Rng } from '../random/rng.js'
import { nearest } from './nearest.js'
import { resample } from './resample.js'
import { roundHalfEven } from './round.js'
import type { Part, SampleStep } from './step.js'

export interface RandomResizedCropStepOptions {
  readonly size: readonly [height: number, width: number]
  readonly scale: readonly [low: number, high: number]
  readonly ratio: readonly [low: number, high: number]
  readonly exact?: boolean
}

export interface RandomResizedCropParams extends Part {
  /** Height and width of the result. */
  readonly size: readonly [height: number, width: number]
}

/** Rectangles that do not fit are drawn again this often. */
const TRIES = 10

export const randomResizedCropStep: SampleStep<RandomResizedCropStepOptions, RandomResizedCropParams> = {
  name: 'randomResizedCrop',

  draw(rng, options, [height, width]) {
    const box = drawBox(rng, options, height, width) ?? centerBox(options.ratio, height, width)
    return { ...box, size: options.size }
  },

  outShape({ size }, [, , channels]) {
    return [size[0], size[1], channels]
  },

  fixedSize: ({ size }) => size,

  geometry: {
    point: ({ left, top, width, height, size }, _shape, x, y) => [
      ((x - left) * size[1]) / width,
      ((y - top) * size[0]) / height
    ],
    mask: nearest
  },

  crop: {
    region: (params, { exact }) => (exact === true ? undefined : params),
    move: (params, region) => ({ ...params, ...region })
  },

  apply(image, params, out) {
    resample(image, params, out)
  }
}

/** Area uniform, aspect log-uniform, place uniform; undefined if no try fits. */
function drawBox(
  rng: Rng,
  { scale, ratio }: RandomResizedCropStepOptions,
  height: number,
  width: number
): Part | undefined {
  for (let i = 0; i < TRIES; i++) {
    const area = height * width * rng.uniform(scale[0], scale[1])
    const aspect = Math.exp(rng.uniform(Math.log(ratio[0]), Math.log(ratio[1])))
    const w = roundHalfEven(Math.sqrt(area * aspect))
    const h = roundHalfEven(Math.sqrt(area / aspect))
    if (w < 1 || h < 1 || w > width || h > height) continue
    const top = rng.int(height - h + 1)
    return { top, left: rng.int(width - w + 1), height: h, width: w }
  }
  return undefined
}

/** The largest rectangle in the middle whose aspect is allowed. */
function centerBox([low, high]: readonly [number, number], height: number, width: number): Part {
  const aspect = width / height
  const w = aspect > high ? Math.max(1, roundHalfEven(height * high)) : width
  const h = aspect < low ? Math.max(1, roundHalfEven(width / low)) : height
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w }
}
