/** Cuts out the middle; nothing is drawn. */
import { crop, NO_CLASS } from './crop.js'
import { roundHalfEven } from './round.js'
import type { SampleStep } from './step.js'

export interface CenterCropStepOptions {
  readonly size: readonly [height: number, width: number]
}

export interface CenterCropParams {
  /** First row and column of the crop; negative where the image is smaller. */
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

export const centerCropStep: SampleStep<CenterCropStepOptions, CenterCropParams> = {
  name: 'centerCrop',
  random: false,

  draw(_rng, { size: [height, width] }, [oldHeight, oldWidth]) {
    if (height === oldHeight && width === oldWidth) return undefined
    return { top: margin(oldHeight, height), left: margin(oldWidth, width), height, width }
  },

  outShape({ height, width }, [, , channels]) {
    return [height, width, channels]
  },

  fixedSize: ({ size }) => size,

  geometry: {
    point: ({ top, left }, _shape, x, y) => [x - left, y - top],
    mask: (mask, { top, left }, out) => crop(mask, top, left, 'constant', NO_CLASS, out)
  },

  apply(image, { top, left }, out) {
    crop(image, top, left, 'constant', new Array<number>(image.channels).fill(0), out)
  }
}

/** Where the crop begins. Odd margins are rounded as torchvision does: to the even number, or down for padding. */
function margin(length: number, wanted: number): number {
  return wanted <= length ? roundHalfEven((length - wanted) / 2) : -Math.floor((wanted - length) / 2)
}
