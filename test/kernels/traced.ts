/** Batches whose pixels tell where they come from. */
import type { BatchBuffers } from '#dist/kernels/step.js'
import type { Targets } from '#dist/sample.js'
import { batchOf } from './support.js'

type Shape = BatchBuffers['shape']

/**
 * A batch of three channels, which hold the row of the image, and the place of the pixel's centre; and masks with one
 * class id for each pixel of the batch, which has 256 of them at most.
 */
export function traced(shape: Shape, classes = shape[0]) {
  const pixels = shape[0] * shape[1] * shape[2]
  if (pixels > 256 || shape[3] !== 3) throw new RangeError('a class id is a byte')
  const images = Float32Array.from({ length: 3 * pixels }, (_, i) => {
    const { row, x, y } = originOf(Math.floor(i / 3), shape)
    return [row, x + 0.5, y + 0.5][i % 3]!
  })
  return { ...batchOf(images, shape, classes), images, masks: Uint8Array.from({ length: pixels }, (_, i) => i) }
}

/** A box around every pixel, and a keypoint in its centre, which have the pixel's class id for a label. */
export function tracedTargets(shape: Shape): readonly Targets[] {
  const [n, height, width] = shape
  return Array.from({ length: n }, (_, row) => {
    const ids = Array.from({ length: height * width }, (_, i) => row * height * width + i)
    const places = ids.map(id => ({ ...originOf(id, shape), label: id }))
    return {
      boxes: places.map(({ x, y, label }) => ({ x1: x, y1: y, x2: x + 1, y2: y + 1, label })),
      keypoints: places.map(({ x, y, label }) => ({ x: x + 0.5, y: y + 0.5, label }))
    }
  })
}

/** The image and the place of a pixel, by its class id. */
export function originOf(id: number, [, height, width]: Shape): { row: number; x: number; y: number } {
  const at = id % (height * width)
  return { row: Math.floor(id / (height * width)), x: at % width, y: Math.floor(at / width) }
}
