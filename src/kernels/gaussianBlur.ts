/** Blurs an image by a Gaussian of random width. */
import { blurImage, gaussianWeights } from './gaussian.js'
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

export const gaussianBlurStep: SampleStep<GaussianBlurStepOptions, GaussianBlurParams> = {
  name: 'gaussianBlur',
  inPlace: true,

  draw(rng, { sigma: [low, high], kernelSize, p }) {
    if (!rng.bool(p)) return undefined
    const sigma = rng.uniform(low, high)
    const radius = kernelSize === undefined ? Math.ceil(3 * sigma) : (kernelSize - 1) / 2
    return sigma === 0 || radius === 0 ? undefined : { sigma, radius }
  },

  apply(image, { sigma, radius }, out) {
    blurImage(image, gaussianWeights(sigma, radius), out)
  }
}
