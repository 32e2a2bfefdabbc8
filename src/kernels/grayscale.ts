/** Takes the colours out of an image with a given probability. */
import { grey } from './color.js'
import type { SampleStep } from './step.js'

export interface GrayscaleStepOptions {
  readonly p: number
}

export const grayscaleStep: SampleStep<GrayscaleStepOptions, object> = {
  name: 'grayscale',
  inPlace: true,

  draw(rng, { p }, [, , channels]) {
    return rng.bool(p) && channels === 3 ? {} : undefined
  },

  apply(image, _params, out) {
    grey(image, out)
  }
}
