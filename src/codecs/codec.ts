/** Bytes → pixels: what the engine needs of a codec. */
import type { Image } from '../kernels/step.js'

/** An encoded image: a file, or its bytes. */
export type Encoded = { readonly path: string } | { readonly bytes: Uint8Array }

export interface Codec {
  /** Name and version, which cursors carry. */
  readonly id: string
  /** Decodes the whole image: upright, RGB, 8 bits a channel. The pixels are the caller's. */
  decode(source: Encoded): Promise<Image>
  /** Width and height of the upright image, read from its header. */
  size(source: Encoded): Promise<{ readonly width: number; readonly height: number }>
}
