/** What users hand over for a sample, and how it becomes one. */
import { SourceError, show } from '../errors.js'
import type { Box, ImageRef, Keypoint, Label, Sample, SourceInfo } from '../sample.js'
import { makeSample } from './makeSample.js'

/** Decoded pixels: rows of `channels` bytes a pixel, top to bottom, without padding. */
export interface PixelItem {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** A sample as a user's own data set gives it. */
export interface SampleItem {
  /**
   * The path or `http(s)://` URL of an encoded image, its bytes, or decoded pixels. Pixels are copied into shared memory, unless they lie
   * in a SharedArrayBuffer already.
   */
  readonly image: string | Uint8Array | PixelItem
  /** A class index, or a vector: soft, multi-hot, or the numbers of a regression. */
  readonly label: number | Float32Array | readonly number[]
  /**
   * Class ids of the pixels: an 8-bit grey image that loses nothing (PNG), or decoded pixels of one channel; of the
   * image's height and width.
   */
  readonly mask?: string | Uint8Array | PixelItem | undefined
  /** Boxes around things in the image, in pixels of the upright image. */
  readonly boxes?: readonly Box[] | undefined
  /** Points of the image, in pixels of the upright image. */
  readonly keypoints?: readonly Keypoint[] | undefined
  /**
   * Names the sample in messages, logs and faults.
   * @defaultValue its index
   */
  readonly key?: string | undefined
}

/** Makes a sample of an item, or says what is wrong with it. */
export function sampleOf(
  caller: string,
  item: SampleItem,
  index: number,
  epoch: number,
  position: number,
  info: SourceInfo
): Sample {
  const wrong = (expected: string, received: unknown): SourceError =>
    new SourceError(`${caller}: item ${index} must have ${expected}, but it is ${show(received)}.`, { index })
  if (typeof item !== 'object' || item === null) throw wrong('the form { image, label, key? }', item)
  const { key = String(index) } = item
  if (typeof key !== 'string') throw wrong('a string as `key`', key)
  const label = labelOf(item.label)
  if (label === undefined) throw wrong('a number or a list of numbers as `label`', item.label)
  const image = imageOf(item.image)
  if (image === undefined) throw wrong('a path, bytes or { data, width, height, channels } as `image`', item.image)
  if (typeof image === 'string') throw wrong(image, item.image)
  const sample = makeSample(key, index, epoch, position, label, image, info)
  if (item.mask === undefined && item.boxes === undefined && item.keypoints === undefined) return sample
  const mask = item.mask === undefined ? undefined : imageOf(item.mask)
  if (typeof mask === 'string') throw wrong(`${mask}, of the mask`, item.mask)
  if (item.mask !== undefined && mask === undefined) {
    throw wrong('a path, bytes or { data, width, height, channels } as `mask`', item.mask)
  }
  const { boxes, keypoints } = item
  if (!isListOf(boxes, ['x1', 'y1', 'x2', 'y2'])) throw wrong('a list of { x1, y1, x2, y2, label? } as `boxes`', boxes)
  if (!isListOf(keypoints, ['x', 'y'])) throw wrong('a list of { x, y, label? } as `keypoints`', keypoints)
  return { ...sample, mask, boxes, keypoints }
}

/** Whether it is left out, or a list of objects with these numbers. */
function isListOf(list: unknown, names: readonly string[]): boolean {
  if (list === undefined) return true
  if (!Array.isArray(list)) return false
  return list.every(item => names.every(name => Number.isFinite((item as Record<string, unknown> | null)?.[name])))
}

function labelOf(label: unknown): Label | undefined {
  if (typeof label === 'number' || label instanceof Float32Array) return label
  if (Array.isArray(label) && label.every(value => typeof value === 'number')) return Float32Array.from(label)
  return undefined
}

/** The reference; a string that says what was expected of pixels; undefined where it is no image at all. */
function imageOf(image: unknown): ImageRef | string | undefined {
  if (typeof image === 'string') return image === '' ? undefined : { kind: 'file', path: image }
  if (image instanceof Uint8Array) return { kind: 'bytes', bytes: alone(image) }
  const { data, width, height, channels } = (image ?? {}) as Partial<PixelItem>
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) return undefined
  const fits = [width, height, channels].every(size => Number.isSafeInteger(size) && size! > 0)
  if (!fits) return 'whole numbers of at least 1 as `width`, `height` and `channels`'
  if (data.length !== width! * height! * channels!) {
    return `${height} × ${width} × ${channels} bytes of \`data\`, not ${data.length}`
  }
  const { buffer, offset } = share(data)
  return { kind: 'pixels', buffer, offset, width: width!, height: height!, channels: channels! }
}

/** The place of bytes in shared memory: where they lie, or where a copy of them does. */
export function share(data: Uint8Array | Uint8ClampedArray): { buffer: SharedArrayBuffer; offset: number } {
  if (data.buffer instanceof SharedArrayBuffer) return { buffer: data.buffer, offset: data.byteOffset }
  const buffer = new SharedArrayBuffer(data.length)
  new Uint8Array(buffer).set(data)
  return { buffer, offset: 0 }
}

/** A view on a large buffer would take all of that buffer along when it is sent to a worker. */
function alone(bytes: Uint8Array): Uint8Array {
  const whole = bytes.byteLength === bytes.buffer.byteLength || bytes.buffer instanceof SharedArrayBuffer
  return whole ? bytes : new Uint8Array(bytes)
}
