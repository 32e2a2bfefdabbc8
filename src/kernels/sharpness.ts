/** Sharpness after torchvision: away from a slightly blurred image. */
import { roundHalfEven } from './round.js'
import type { Image } from './step.js'

/**
 * 0 gives the blurred image, 1 the image, 2 a sharpened one. The pixels of the border stay, and so do images with a side
 * below 3. `out` may not be the image itself.
 */
export function sharpness({ data, width, height, channels }: Image, factor: number, { data: out }: Image): void {
  out.set(data)
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
      const blurred = roundHalfEven((around + 5 * data[i]!) / 13)
      out[i] = Math.max(0, Math.min(255, roundHalfEven(data[i]! * factor + blurred * (1 - factor))))
    }
  }
}
