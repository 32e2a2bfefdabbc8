/** Scaling without blending, for masks: each pixel of the result is one of the image. */
import type { Image, Part } from './step.js'

/** Scales a rectangle of an image to the size of `out`: the pixel under each centre. As torchvision's NEAREST_EXACT. */
export function nearest({ data, width, channels }: Image, box: Part, out: Image): void {
  const scaleX = box.width / out.width
  const scaleY = box.height / out.height
  for (let y = 0, to = 0; y < out.height; y++) {
    const row = Math.floor(box.top + (y + 0.5) * scaleY) * width
    for (let x = 0; x < out.width; x++) {
      const from = (row + Math.floor(box.left + (x + 0.5) * scaleX)) * channels
      for (let c = 0; c < channels; c++) out.data[to++] = data[from + c]!
    }
  }
}
