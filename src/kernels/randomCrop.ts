/** Cuts out a rectangle of a given size at a random place. */
import { ShapeError } from '../errors.js'
import { type BorderMode, crop, NO_CLASS, perChannel } from './crop.js'
import type { SampleStep, Shape } from './step.js'

export interface RandomCropStepOptions {
  readonly size: readonly [height: number, width: number]
  readonly padding: number
  readonly fill: number | readonly number[]
  readonly mode: BorderMode
}

export interface RandomCropParams {
  /** First row and column of the crop in the image without its padding. */
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
  readonly mode: BorderMode
  /** One byte a channel. */
  readonly fill: readonly number[]
}

export const randomCropStep: SampleStep<RandomCropStepOptions, RandomCropParams> = {
  name: 'randomCrop',

  draw(rng, options, shape) {
    const { size, padding, fill, mode } = options
    checkFit(options, shape)
    const [height, width] = size
    const top = rng.int(shape[0] + 2 * padding - height + 1) - padding
    const left = rng.int(shape[1] + 2 * padding - width + 1) - padding
    if (top === 0 && left === 0 && height === shape[0] && width === shape[1]) return undefined
    return { top, left, height, width, mode, fill: perChannel('randomCrop', fill, shape[2]) }
  },

  outShape({ height, width }, [, , channels]) {
    return [height, width, channels]
  },

  fixedSize: ({ size }) => size,

  geometry: {
    point: ({ top, left }, _shape, x, y) => [x - left, y - top],
    mask: (mask, { top, left, mode }, out) => crop(mask, top, left, mode, NO_CLASS, out)
  },

  apply(image, { top, left, mode, fill }, out) {
    crop(image, top, left, mode, fill, out)
  }
}

function checkFit({ size, padding, mode }: RandomCropStepOptions, [height, width]: Shape): void {
  if (size[0] > height + 2 * padding || size[1] > width + 2 * padding) {
    throw new ShapeError(
      `randomCrop: a crop of ${size[0]}×${size[1]} (height × width) does not fit into an image of ${height}×${width} with a padding of ${padding}. Put resize before it, or give a larger \`padding\`.`
    )
  }
  if (mode === 'reflect' && padding >= Math.min(height, width)) {
    throw new ShapeError(
      `randomCrop: an image of ${height}×${width} cannot be mirrored over a padding of ${padding}. Give a \`padding\` below its shorter side, or another \`mode\`.`
    )
  }
}
