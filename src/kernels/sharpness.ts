/** Sharpness after torchvision: away from a slightly blurred image. */
import type { Image } from './step.js'

/**
 * 0 gives the blurred image, 1 the image, 2 a sharpened one. The pixels of the border stay, and so do images with a side
 * below 3. `out` may not be the image itself.
 */
export function sharpness({ data, width, height, channels }: Image, factor: number, out: Image): void {
  // An array of this type rounds half to even and keeps what is written within a byte.
  const to = new Uint8ClampedArray(out.data.buffer, out.data.byteOffset, data.length)
  const rest = 1 - factor
  to.set(data)
  const line = width * channels
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * line + channels, end = (y + 1) * line - channels; i < end; i++) {
      const around =
        data[i - line - channels]! +
        data[i - line]! +
        data[i - line + channels]! +
        data[i - channels]! +
        data[i + channels]! +
        data[i + line - channels]! +
        data[i + line]! +
        data[i + line + channels]!
      // Thirteenths to the nearest whole number: there are no halves.
      const blurred = ((2 * (around + 5 * data[i]!) + 13) / 26) | 0
      to[i] = data[i]! * factor + blurred * rest
    }
  }
}
