/** Random displacement fields after Simard, Steinkraus, Platt 2003: uniform noise, blurred. */
import { type BlurBorder, blur, gaussianWeights } from './gaussian.js'
import { Region } from './memory.js'
import { fillNoise } from './noise.js'

/** What a field is made from. */
export interface FieldParams {
  readonly seed: number
  /** Standard deviation of the Gaussian, in pixels. */
  readonly sigma: number
  readonly blurBorder: BlurBorder
}

/** Displacements in units of the noise: as many as the image has pixels, for each axis. */
export interface Field {
  readonly dx: Float32Array
  readonly dy: Float32Array
}

// The last field of this thread, which a mask and points ask for again.
let last = { seed: -1, sigma: -1, blurBorder: '', height: 0, width: 0 }
const region = new Region()
let field: Field = { dx: new Float32Array(0), dy: new Float32Array(0) }

/** The field of these parameters for images of this size. Good until another one is asked for. */
export function elasticField({ seed, sigma, blurBorder }: FieldParams, height: number, width: number): Field {
  const same = last.seed === seed && last.sigma === sigma && last.blurBorder === blurBorder
  if (same && last.height === height && last.width === width) return field
  const size = height * width
  const { buffer, byteOffset } = region.take(8 * size)
  const both = new Float32Array(buffer, byteOffset, 2 * size)
  fillNoise(both, seed)
  field = { dx: both.subarray(0, size), dy: both.subarray(size) }
  const weights = gaussianWeights(sigma)
  for (const plane of [field.dx, field.dy]) blur(plane, [height, width, 1], weights, blurBorder)
  last = { seed, sigma, blurBorder, height, width }
  return field
}
