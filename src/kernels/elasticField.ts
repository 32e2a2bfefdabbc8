/** Random displacement fields after Simard, Steinkraus, Platt 2003: uniform noise, blurred. */
import { Rng, rngKey } from '../random/rng.js'
import { type BlurBorder, blur, gaussianWeights } from './gaussian.js'

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

const rng = new Rng()
const key = rngKey(0, 'elasticDistortion', 'noise', 0)

// The last field of this thread, which a mask and points ask for again.
let last = { seed: -1, sigma: -1, blurBorder: '', height: 0, width: 0 }
let memory = new Float32Array(0)
let field: Field = { dx: memory, dy: memory }

/** The field of these parameters for images of this size. Good until another one is asked for. */
export function elasticField({ seed, sigma, blurBorder }: FieldParams, height: number, width: number): Field {
  const same = last.seed === seed && last.sigma === sigma && last.blurBorder === blurBorder
  if (same && last.height === height && last.width === width) return field
  const size = height * width
  if (memory.length < 2 * size) memory = new Float32Array(2 * size)
  const both = memory.subarray(0, 2 * size)
  fillNoise(both, seed)
  field = { dx: both.subarray(0, size), dy: both.subarray(size) }
  const weights = gaussianWeights(sigma)
  blur(field.dx, height, width, 1, weights, blurBorder)
  blur(field.dy, height, width, 1, weights, blurBorder)
  last = { seed, sigma, blurBorder, height, width }
  return field
}

/** Noise in (−1, 1), uniform over 256 levels: of more levels the blur would leave no trace. */
function fillNoise(out: Float32Array, seed: number): void {
  rng.reset(key, 0, seed)
  let word = 0
  for (let i = 0; i < out.length; i++) {
    word = (i & 3) === 0 ? rng.uint32() : word >>> 8
    out[i] = ((word & 255) - 127.5) / 128
  }
}
