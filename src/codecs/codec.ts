/** What turns the bytes of an image file into pixels. */
import type { Image } from '../kernels/step.js'

/** An encoded image: a file, or its bytes. */
export type EncodedImage = { readonly path: string } | { readonly bytes: Uint8Array }

/** Width and height of the upright image. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/**
 * A decoder. Whatever the file holds, the result is upright (its EXIF orientation is applied), 8-bit, RGB: grey is
 * repeated, 16 bits become their high byte, alpha is dropped (not blended), CMYK is converted without a colour
 * profile, embedded profiles are not applied, and of an animation or several pages the first is taken.
 */
export interface Codec {
  /** Name and version, for cursors: another codec may give other pixels. */
  readonly id: string
  /** @throws SourceError where there is no image, or not all of it; the message says why, the caller adds the key. */
  decode(source: EncodedImage): Promise<Image>
  /**
   * Reads the header alone.
   *
   * @throws SourceError
   */
  size(source: EncodedImage): Promise<ImageSize>
}
