/** The codec for JPEG that decodes only the part that is wanted, within the thread. Whatever it does not do, sharp does. */
import { Region } from '../kernels/memory.js'
import type { Part } from '../kernels/step.js'
import type { Codec, Decoded, ImageSize, OpenImage, Wanted } from './codec.js'
import type { JpegHeader } from './jpegHeader.js'
import { openImage } from './plainJpeg.js'
import { type NativeBinding, nativeView } from './platform.js'
import { type SharpImage, sharpCodec } from './sharp.js'
import { movedTo, shrinkOf } from './shrink.js'

/** Columns on either side of a part that are decoded with it, because they colour its border. */
const MARGIN = 2
/** A part begins with a block, which has so many columns at most. */
const BLOCK = 32

/** The codec over the addon. */
export function nativeCodec(binding: NativeBinding): Codec {
  return {
    id: `native ${binding.version()}, ${sharpCodec.id}`,

    async open(source) {
      return openImage(source, (bytes, header, other) => new NativeImage(binding, bytes, header, other))
    }
  }
}

/** The pixels of the image that this thread decoded last. */
const room = new Region()

class NativeImage implements OpenImage {
  readonly size: ImageSize
  readonly #binding: NativeBinding
  readonly #bytes: Uint8Array
  readonly #other: SharpImage

  constructor(binding: NativeBinding, bytes: Uint8Array, { width, height }: JpegHeader, other: SharpImage) {
    this.size = { width, height }
    this.#binding = binding
    this.#bytes = bytes
    this.#other = other
  }

  async decode(wanted?: Wanted): Promise<Decoded> {
    const { size } = this
    const shrink = shrinkOf(size, wanted)
    const scaled = { width: Math.ceil(size.width / shrink), height: Math.ceil(size.height / shrink) }
    const region = wanted === undefined ? wholeOf(scaled) : movedTo(wanted.region, size, scaled)
    // What lies below the part is not looked at, so a file that was cut off there is decoded as far as it goes.
    const part = isComplete(this.#bytes) ? around(region, scaled) : wholeOf(scaled)
    const { left, top, width: columns, height: lines } = part
    const data = room.take(3 * lines * Math.min(scaled.width, columns + BLOCK + 2 * MARGIN))
    const [from, to] = [nativeView(this.#bytes), nativeView(data)]
    const first = this.#binding.decode(from, size.width, size.height, shrink, left, top, columns, lines, to)
    // A warning is a refusal here: sharp tells the ones that matter from the others.
    if (first < 0) return this.#other.decode(wanted)
    const width = Math.min(scaled.width, left + columns + MARGIN) - first
    const image = { data: data.subarray(0, 3 * lines * width), width, height: lines, channels: 3 }
    const isFull = width === size.width && lines === size.height
    return {
      image,
      region: isFull ? undefined : { ...region, left: region.left - first, top: region.top - top }
    }
  }
}

function wholeOf({ width, height }: ImageSize): Part {
  return { left: 0, top: 0, width, height }
}

/** The whole pixels that a part needs. */
function around({ left, top, width, height }: Part, size: ImageSize): Part {
  const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))]
  const [right, bottom] = [
    Math.min(size.width, Math.ceil(left + width)),
    Math.min(size.height, Math.ceil(top + height))
  ]
  return { left: x, top: y, width: right - x, height: bottom - y }
}

/** A file that was cut off has lost its last marker. */
function isComplete(bytes: Uint8Array): boolean {
  return bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
}
