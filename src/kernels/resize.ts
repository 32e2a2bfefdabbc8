/** Scales an image; nothing is drawn. */
import { nearest } from './nearest.js'
import { resample } from './resample.js'
import type { SampleStep } from './step.js'

export interface ResizeStepOptions {
  /** Length of the shorter side, or height and width. */
  readonly size: number | readonly [height: number, width: number]
  readonly exact?: boolean
}

export interface ResizeParams {
  readonly height: number
  readonly width: number
}

export const resizeStep: SampleStep<ResizeStepOptions, ResizeParams> = {
  name: 'resize',
  random: false,

  draw(_rng, { size }, [height, width]) {
    const [newHeight, newWidth] = typeof size === 'number' ? keepAspect(size, height, width) : size
    return newHeight === height && newWidth === width ? undefined : { height: newHeight, width: newWidth }
  },

  outShape({ height, width }, [, , channels]) {
    return [height, width, channels]
  },

  fixedSize({ size }) {
    return typeof size === 'number' ? undefined : size
  },

  geometry: {
    point: (params, [height, width], x, y) => [(x * params.width) / width, (y * params.height) / height],
    mask: (mask, _params, out) => nearest(mask, { left: 0, top: 0, width: mask.width, height: mask.height }, out)
  },

  crop: {
    region: (_params, { exact }, [height, width]) => (exact === true ? undefined : { left: 0, top: 0, width, height }),
    move: params => params // all of the image, however large it is
  },

  apply(image, _params, out) {
    resample(image, { left: 0, top: 0, width: image.width, height: image.height }, out)
  }
}

/** The shorter side becomes `size`; the longer one keeps the aspect, rounded down, as in torchvision. */
function keepAspect(size: number, height: number, width: number): readonly [number, number] {
  return width <= height ? [Math.floor((size * height) / width), size] : [size, Math.floor((size * width) / height)]
}
