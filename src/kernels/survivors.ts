/** What a dropout makes of the values that it keeps. */
import type { Fill } from './fill.js'
import type { Image } from './step.js'

/**
 * The bytes that survivors become so that the expectation of a channel stays, to half a grey level and as far as bytes
 * reach: fill + (byte − fill) / keep, rounded and clamped. With a fill of 0 that is byte / keep.
 *
 * @param keep share of the values that stay, above 0
 * @returns 256 × channels
 */
export function survivors(fill: Fill, keep: number): Uint8ClampedArray {
  const centers = 'seed' in fill ? fill.mean : fill
  const table = new Uint8ClampedArray(256 * centers.length)
  for (const [c, center] of centers.entries()) {
    for (let v = 0; v < 256; v++) table[256 * c + v] = center + (v - center) / keep
  }
  return table
}

/** Looks every byte of an image up in such a table. */
export function scaleBytes({ data, channels }: Image, table: Uint8ClampedArray): void {
  for (let c = 0; c < channels; c++) {
    for (let i = c; i < data.length; i += channels) data[i] = table[256 * c + data[i]!]!
  }
}
