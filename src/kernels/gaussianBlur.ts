/** Blurs an image by a Gaussian of random width. */
import { blur, gaussianWeights } from './gaussian.js'
import { roundHalfEven } from './round.js'
import type { SampleStep } from './step.js'

export interface GaussianBlurStepOptions {
  /** Pixels. */
  readonly sigma: readonly [low: number, high: number]
  /** Odd; undefined reaches three standard deviations to each side. */
  readonly kernelSize: number | undefined
  readonly p: number
}

export interface GaussianBlurParams {
  readonly sigma: number
  readonly radius: number
}

let floats = new Float32Array(0)

export const gaussianBlurStep: SampleStep<GaussianBlurStepOptions, GaussianBlurParams> = {
  name: 'gaussianBlur',
  inPlace: true,

  draw(rng, { sigma: [low, high], kernelSize, p }) {
    if (!rng.bool(p)) return undefined
    const sigma = rng.uniform(low, high)
    const radius = kernelSize === undefined ? Math.ceil(3 * sigma) : (kernelSize - 1) / 2
    return sigma === 0 || radius === 0 ? undefined : { sigma, radius }
  },

  apply({ data, width, height, channels }, { sigma, radius }, out) {
    if (floats.length < data.length) floats = new Float32Array(data.length)
    floats.set(data)
    blur(floats, height, width, channels, gaussianWeights(sigma, radius), 'reflect')
    for (let i = 0; i < data.length; i++) out.data[i] = roundHalfEven(floats[i]!)
  }
}
