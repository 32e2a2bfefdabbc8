/** Small images and batches for tests of kernels. */
import type { BatchBuffers, Image, SampleFacts, SampleStep, Shape } from '#dist/kernels/step.js'
import { Rng, rngKey } from '#dist/random/rng.js'

export const noFacts: SampleFacts = { epoch: 0, label: 0, mean: undefined, std: undefined, classes: undefined }

/** A generator for the test of this name. */
export function rngFor(name: string, position = 0): Rng {
  return new Rng().reset(rngKey(1, 'test', name, 0), 0, position)
}

/** Pixels that look random, the same for the same shape and seed. */
export function randomImage([height, width, channels]: Shape, seed = 0): Image {
  const rng = rngFor('image', seed)
  return { data: Uint8Array.from({ length: height * width * channels }, () => rng.int(256)), height, width, channels }
}

/** An image of one channel from rows of numbers. */
export function grey(...rows: number[][]): Image {
  return { data: Uint8Array.from(rows.flat()), height: rows.length, width: rows[0]!.length, channels: 1 }
}

/** The rows of an image of one channel. */
export function rowsOf({ data, width, height }: Image): number[][] {
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)])
}

export function blank([height, width, channels]: Shape, byte = 0): Image {
  return { data: new Uint8Array(height * width * channels).fill(byte), height, width, channels }
}

export function shapeOf({ height, width, channels }: Image): Shape {
  return [height, width, channels]
}

/** Applies parameters to an image, into a new one. */
export function applied<Params>(step: SampleStep<never, Params>, image: Image, params: Params): Image {
  const out = blank(step.outShape?.(params, shapeOf(image)) ?? shapeOf(image))
  step.apply(image, params, out, [])
  return out
}

/** Draws and applies; the image itself where nothing is to be done. */
export function run<Options extends object, Params>(
  step: SampleStep<Options, Params>,
  options: Options,
  image: Image,
  rng: Rng,
  facts: SampleFacts = noFacts
): Image {
  const params = step.draw(rng, options, shapeOf(image), facts, [])
  return params === undefined ? image : applied(step, image, params)
}

/** A batch whose image i has class i mod `classes`, with one-hot labels. */
export function batchOf(
  images: Uint8Array | Float32Array,
  shape: BatchBuffers['shape'],
  classes = 4
): BatchBuffers & { readonly labels: Float32Array } {
  const labels = new Float32Array(shape[0] * classes)
  for (let i = 0; i < shape[0]; i++) labels[i * classes + (i % classes)] = 1
  return { images, shape, labels, labelWidth: classes }
}

export function copyOf(batch: BatchBuffers): BatchBuffers {
  const { images, labels, masks } = batch
  return { ...batch, images: images.slice(), labels: labels.slice(), ...(masks && { masks: masks.slice() }) }
}

/** The images of a batch, one array each. */
export function imagesOf({ images, shape: [n] }: BatchBuffers): (Uint8Array | Float32Array)[] {
  return Array.from({ length: n }, (_, i) => images.slice((i * images.length) / n, ((i + 1) * images.length) / n))
}

/** The labels of a batch, one array each. */
export function labelsOf({ labels, labelWidth, shape: [n] }: BatchBuffers): number[][] {
  return Array.from({ length: n }, (_, i) => [...labels.subarray(i * labelWidth, (i + 1) * labelWidth)])
}

/** A batch of `uint8` noise. */
export function randomBatch(shape: BatchBuffers['shape'], seed = 0): BatchBuffers {
  const [n, height, width, channels] = shape
  return batchOf(randomImage([n * height, width, channels], seed).data, shape)
}
