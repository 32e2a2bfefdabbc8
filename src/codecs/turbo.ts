/** The codec for JPEG: libjpeg-turbo, called within the thread. Whatever it does not do, sharp does. */
import { Region } from '../kernels/memory.js'
import type { Codec, Decoded, ImageSize, OpenImage, Wanted } from './codec.js'
import type { JpegHeader } from './jpegHeader.js'
import { openImage } from './plainJpeg.js'
import { nativeView, type TurboBinding } from './platform.js'
import { type SharpImage, sharpCodec } from './sharp.js'
import { shrinkOf } from './shrink.js'

/** The codec over the binding of this version. */
export function turboCodec(binding: TurboBinding, version: string): Codec {
  return {
    id: `jpeg-turbo ${version}, ${sharpCodec.id}`,

    async open(source) {
      return openImage(source, (bytes, header, other) => new TurboImage(binding, bytes, header, other))
    }
  }
}

/** The pixels of the image that this thread decoded last. */
const room = new Region()

class TurboImage implements OpenImage {
  readonly size: ImageSize
  readonly #binding: TurboBinding
  readonly #bytes: Uint8Array
  readonly #other: SharpImage

  constructor(binding: TurboBinding, bytes: Uint8Array, { width, height }: JpegHeader, other: SharpImage) {
    this.size = { width, height }
    this.#binding = binding
    this.#bytes = bytes
    this.#other = other
  }

  async decode(wanted?: Wanted): Promise<Decoded> {
    if (shrinkOf(this.size, wanted) > 1) return this.#other.decode(wanted)
    const { width, height } = this.size
    const data = room.take(width * height * 3)
    try {
      const format = this.#binding.FORMAT_RGB
      const made = this.#binding.decompressSync(nativeView(this.#bytes), nativeView(data), { format })
      if (made.width === width && made.height === height) {
        return { image: { data, width, height, channels: 3 }, region: undefined }
      }
    } catch {
      // A warning is an error here: sharp tells the ones that matter from the others.
    }
    return this.#other.decode()
  }
}
