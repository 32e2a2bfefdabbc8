/** Data sets that are in memory already. */
import { checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import type { Label, PixelRef } from '../sample.js'
import { fingerprint } from './fingerprint.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { share } from './item.js'
import { makeSample } from './makeSample.js'
import { sha256 } from './platform.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'

export interface ArraysOptions extends IndexedSourceOptions {
  /**
   * The pixels of all images, n × height × width × channels bytes. Copied into shared memory, unless they lie in a
   * SharedArrayBuffer already.
   */
  readonly images: Uint8Array | Uint8ClampedArray
  /**
   * n class indices, as a list or an array of integers; or vectors: a `Float32Array` of n × d numbers, or a list of n
   * lists of d numbers.
   */
  readonly labels: ClassLabels | Float32Array | readonly Float32Array[] | readonly (readonly number[])[]
  /**
   * Class ids of all pixels, n × height × width bytes.
   * @defaultValue none
   */
  readonly masks?: Uint8Array | Uint8ClampedArray | undefined
  /** Height, width and channels of each image. */
  readonly shape: readonly [height: number, width: number, channels: number]
  /**
   * The names of the classes, or their number.
   * @defaultValue not known
   */
  readonly classes?: number | readonly string[] | undefined
}

/** A class index for each image. */
export type ClassLabels =
  | readonly number[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array

/**
 * Images and labels that are in memory already.
 *
 * Source → samples. Labels are class indices or vectors, as given; keys are the indices.
 *
 * Errors of the subscription and of `info()`: CursorError where `resume` belongs to other data, which is told from
 * shape, number and labels of the images.
 *
 * @throws InvalidOptionError where an option cannot be used, or lengths do not fit; CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { arrays } from 'millrace'
 *
 * const images = new Uint8Array(100 * 8 * 8 * 3)
 * const labels = Array.from({ length: 100 }, (_, i) => i % 2)
 * const source = arrays({ images, labels, shape: [8, 8, 3], classes: ['even', 'odd'], shuffle: true })
 * source.subscribe(sample => console.log(sample.key, sample.label))
 * ```
 */
export function arrays(options: ArraysOptions): SampleSource {
  checkOptions('arrays', options, ['images', 'labels', 'masks', 'shape', 'classes', ...INDEXED_OPTIONS])
  const shape = checkShape(options.shape)
  const imageBytes = shape[0] * shape[1] * shape[2]
  const size = countImages(options.images, imageBytes)
  const { labelAt, classOf, digest } = readLabels(options.labels, size)
  const { buffer, offset } = share(options.images)
  const [height, width, channels] = shape
  const maskOf = readMasks(options.masks, size, height, width)
  const classes = settleClasses('arrays', options.classes)
  const data: IndexedData = {
    name: 'arrays',
    fingerprint: fingerprint(['arrays', size, shape, classes.classes, classes.classNames, digest]),
    size,
    ...classes,
    shape,
    mean: undefined,
    std: undefined,
    classOf,
    sample: (index, epoch, position, info) => {
      const image = { kind: 'pixels', buffer, offset: offset + index * imageBytes, width, height, channels } as const
      const sample = makeSample(String(index), index, epoch, position, labelAt(index), image, info)
      return maskOf === undefined ? sample : { ...sample, mask: maskOf(index) }
    }
  }
  return indexedSource('arrays', settle('arrays', options), () => data)
}

function checkShape(shape: unknown): readonly [number, number, number] {
  if (!Array.isArray(shape) || shape.length !== 3) refuse('shape', 'a list [height, width, channels]', shape)
  const [height, width, channels] = shape as unknown[]
  checkInteger('arrays', 'shape[0]', height, { min: 1 })
  checkInteger('arrays', 'shape[1]', width, { min: 1 })
  checkInteger('arrays', 'shape[2]', channels, { min: 1 })
  return Object.freeze([height, width, channels] as const)
}

function countImages(images: unknown, imageBytes: number): number {
  if (!(images instanceof Uint8Array || images instanceof Uint8ClampedArray)) {
    refuse('images', 'a Uint8Array of n × height × width × channels bytes', images)
  }
  const size = images.length / imageBytes
  if (Number.isInteger(size) && size > 0) return size
  refuse('images.length', `a multiple of ${imageBytes}, the bytes of an image`, images.length)
}

function readMasks(
  masks: unknown,
  size: number,
  height: number,
  width: number
): ((index: number) => PixelRef) | undefined {
  if (masks === undefined) return undefined
  if (!(masks instanceof Uint8Array || masks instanceof Uint8ClampedArray)) {
    refuse('masks', 'a Uint8Array of n × height × width bytes', masks)
  }
  const bytes = height * width
  if (masks.length !== size * bytes) refuse('masks.length', `${size * bytes}, one byte for each pixel`, masks.length)
  const { buffer, offset } = share(masks)
  return index => ({ kind: 'pixels', buffer, offset: offset + index * bytes, width, height, channels: 1 })
}

interface Labels {
  labelAt(index: number): Label
  readonly classOf: ((index: number) => number) | undefined
  /** Identifies the labels. */
  readonly digest: string
}

/** Copies the labels, so that later changes of the caller's array change nothing here. */
function readLabels(labels: ArraysOptions['labels'], size: number): Labels {
  if (labels instanceof Float32Array) {
    const width = labels.length / size
    if (!Number.isInteger(width) || width === 0) {
      refuse('labels.length', `a multiple of ${size}, the number of images`, labels.length)
    }
    return vectors(Float32Array.from(labels), width)
  }
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) refuse('labels', LABELS, labels)
  if (labels.length !== size) refuse('labels.length', `${size}, the number of images`, labels.length)
  const list = Array.from<unknown>(labels)
  if (list.every(label => typeof label === 'number')) {
    const classes = Float64Array.from(list)
    const classOf = (index: number): number => classes[index]!
    return { labelAt: classOf, classOf, digest: sha256([classes.join()]) }
  }
  const rows = list.map(row => (Array.isArray(row) || row instanceof Float32Array ? Array.from<number>(row) : []))
  const width = rows[0]!.length
  const fits = rows.every(row => row.length === width && row.every(value => typeof value === 'number'))
  if (!fits || width === 0) refuse('labels', LABELS, labels)
  return vectors(Float32Array.from(rows.flat()), width)
}

const LABELS = 'a class index for each image, a Float32Array, or a list of equally long lists of numbers'

function vectors(values: Float32Array, width: number): Labels {
  return {
    labelAt: index => values.slice(index * width, (index + 1) * width),
    classOf: undefined,
    digest: sha256([`${width}:`, new Uint8Array(values.buffer)])
  }
}

function refuse(option: string, expected: string, received: unknown): never {
  throw new InvalidOptionError({ caller: 'arrays', option, expected, received })
}
