/** What turns the bytes of an image file into pixels. */
import type { Image, Part } from '../kernels/step.js'

/** An encoded image: a file, a part of one, or its bytes. */
export type EncodedImage =
  | { readonly path: string; readonly range?: ByteRange | undefined }
  | { readonly bytes: Uint8Array }

/** Some bytes of a file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Width and height of the upright image. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** A part of the upright image, and the size that it will be scaled to: a codec may decode no more than that needs. */
export interface Wanted {
  readonly region: Part
  readonly height: number
  readonly width: number
}

export interface Decoded {
  /** Valid until the thread decodes its next image. */
  readonly image: Image
  /** Where in these pixels the wanted region lies; undefined where they are the whole image at its full size. */
  readonly region: Part | undefined
}

/** An image file that was read, but not decoded. */
export interface OpenImage {
  /** Undefined where only decoding tells it. */
  readonly size: ImageSize | undefined
  /** @throws SourceError where there is no image, or not all of it; the message says why, the caller adds the key. */
  decode(wanted?: Wanted): Promise<Decoded>
}

/**
 * A decoder. Whatever the file holds, the result is upright (its EXIF orientation is applied), 8-bit, RGB: grey is
 * repeated, 16 bits become their high byte, alpha is dropped (not blended), CMYK is converted without a colour
 * profile, embedded profiles are not applied, and of an animation or several pages the first is taken.
 */
export interface Codec {
  /** Name and version, for cursors: another codec may give other pixels. */
  readonly id: string
  /** @throws SourceError where the file cannot be read, or is of no known kind */
  open(source: EncodedImage): Promise<OpenImage>
}
