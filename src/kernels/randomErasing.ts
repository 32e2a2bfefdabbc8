/** Covers a rectangle of random area, aspect and place. */
import type { Rng } from '../random/rng.js'
import { coverRectangles, drawFill, type Fill, type FillOption, type Rectangle } from './fill.js'
import { roundHalfEven } from './round.js'
import type { SampleStep } from './step.js'

export interface RandomErasingStepOptions {
  /** Area as a share of the image's. */
  readonly scale: readonly [low: number, high: number]
  /** Height divided by width. */
  readonly ratio: readonly [low: number, high: number]
  readonly fill: FillOption
  readonly p: number
}

export interface RandomErasingParams {
  readonly box: Rectangle
  readonly fill: Fill
}

/** Rectangles that do not fit are drawn again this often. */
const TRIES = 10

export const randomErasingStep: SampleStep<RandomErasingStepOptions, RandomErasingParams> = {
  name: 'randomErasing',
  inPlace: true,

  draw(rng, options, [height, width, channels], facts) {
    if (!rng.bool(options.p)) return undefined
    const box = drawRectangle(rng, options, height, width)
    if (box === undefined) return undefined
    return { box, fill: drawFill('randomErasing', rng, options.fill, channels, facts) }
  },

  apply(image, { box, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    coverRectangles(out, [box], fill)
  }
}

/** Area uniform, aspect log-uniform, place uniform; lower and narrower than the image. */
function drawRectangle(
  rng: Rng,
  { scale, ratio }: RandomErasingStepOptions,
  height: number,
  width: number
): Rectangle | undefined {
  for (let i = 0; i < TRIES; i++) {
    const area = height * width * rng.uniform(scale[0], scale[1])
    const aspect = Math.exp(rng.uniform(Math.log(ratio[0]), Math.log(ratio[1])))
    const h = roundHalfEven(Math.sqrt(area * aspect))
    const w = roundHalfEven(Math.sqrt(area / aspect))
    if (h >= height || w >= width) continue
    const top = rng.int(height - h + 1)
    return { top, left: rng.int(width - w + 1), height: h, width: w }
  }
  return undefined
}
