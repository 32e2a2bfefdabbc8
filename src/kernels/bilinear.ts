/** Bilinear sampling of a row of places, in whole numbers, so that vectors give the same bytes. */
import { Neighbours, type WarpBorder } from './neighbours.js'
import type { Image } from './step.js'

/** A weight of 1. */
const ONE = 2 ** 14
const ROUND = 1.5 * 2 ** 52

/** The mean of four bytes, rounded half to even; `right` and `below` are weights of the second of each pair. */
function mean(
  topLeft: number,
  topRight: number,
  left: number,
  rightmost: number,
  right: number,
  below: number
): number {
  const top = (Math.imul(topLeft, ONE - right) + Math.imul(topRight, right) + 64) >> 7
  const bottom = (Math.imul(left, ONE - right) + Math.imul(rightmost, right) + 64) >> 7
  const sum = Math.imul(top, ONE - below) + Math.imul(bottom, below)
  return (sum + ((sum >>> 21) & 1) + 0xfffff) >>> 21
}

/** Of the second of a pair, rounded half to even: in this range of numbers only whole ones are left. */
function weight(part: number): number {
  return part * ONE + ROUND - ROUND
}

/** Samples rows of places; one for each image and border. */
export class BilinearRows {
  readonly #image: Image
  readonly #fill: readonly number[]
  readonly #across: Neighbours
  readonly #down: Neighbours

  constructor(image: Image, border: WarpBorder, fill: readonly number[]) {
    this.#image = image
    this.#fill = fill
    this.#across = new Neighbours('bilinear', border)
    this.#down = new Neighbours('bilinear', border)
  }

  /** Writes the pixels at all places, from byte `at` on. */
  sample(xs: Float64Array, ys: Float64Array, to: Uint8Array, at: number): void {
    const { data, width, height, channels } = this.#image
    const line = width * channels
    for (let i = 0; i < xs.length; i++, at += channels) {
      const x = xs[i]!
      const y = ys[i]!
      if (x >= 0 && x < width - 1 && y >= 0 && y < height - 1) {
        const right = weight(x - (x | 0))
        const below = weight(y - (y | 0))
        for (let c = 0, p = (y | 0) * line + (x | 0) * channels; c < channels; c++, p++) {
          const q = p + line
          to[at + c] = mean(data[p]!, data[p + channels]!, data[q]!, data[q + channels]!, right, below)
        }
      } else this.#outside(x, y, to, at)
    }
  }

  /** Writes a pixel that has neighbours beyond the border. */
  #outside(x: number, y: number, to: Uint8Array, at: number): void {
    const across = this.#across
    const down = this.#down
    across.find(x, this.#image.width)
    down.find(y, this.#image.height)
    const [x0, x1] = across.index as unknown as [number, number]
    const [y0, y1] = down.index as unknown as [number, number]
    const nowhere = Number.isNaN(x) || Number.isNaN(y)
    const right = weight(across.weight[1]!)
    const below = weight(down.weight[1]!)
    for (let c = 0; c < this.#image.channels; c++) {
      to[at + c] = nowhere
        ? this.#fill[c]!
        : mean(this.#at(x0, y0, c), this.#at(x1, y0, c), this.#at(x0, y1, c), this.#at(x1, y1, c), right, below)
    }
  }

  #at(x: number, y: number, channel: number): number {
    const { data, width, channels } = this.#image
    return x < 0 || y < 0 ? this.#fill[channel]! : data[(y * width + x) * channels + channel]!
  }
}
