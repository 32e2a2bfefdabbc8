/** Weights of a triangle filter in fixed point: which old pixels make up a new one. */

/** Bits behind the point of a weight: 8 bits of pixel, and 2 more against overflow, leave 22 of 32. */
export const PRECISION = 22

/** One half, added to a sum of weighted pixels before the bits behind the point are dropped. */
export const HALF: number = 1 << (PRECISION - 1)

/** Which pixels of a line make up each new pixel, and how much of each. Used again without allocation. */
export class Taps {
  /** Weights kept for each new pixel. */
  stride = 0
  /** First old pixel of each new one. */
  first: Int32Array = new Int32Array(0)
  /** How many old pixels make up each new one. */
  count: Int32Array = new Int32Array(0)
  weights: Int32Array = new Int32Array(0)
  #real = new Float64Array(0)

  /**
   * Makes the weights that scale `[start, start + length]` of a line of `size` pixels to `outSize` pixels.
   *
   * The triangle is as wide as two new pixels when shrinking, so that nothing aliases, and as two old ones when
   * enlarging. Pixels outside the part take none, as if the image had been cropped before.
   */
  set(start: number, length: number, size: number, outSize: number): void {
    const scale = length / outSize
    const support = Math.max(scale, 1)
    this.#reserve(outSize, 2 * Math.ceil(support) + 1)
    const low = Math.max(0, Math.floor(start))
    const high = Math.min(size, Math.ceil(start + length))
    for (let i = 0; i < outSize; i++) {
      const center = start + (i + 0.5) * scale
      const from = Math.max(low, Math.floor(center - support + 0.5))
      const to = Math.min(high, Math.floor(center + support + 0.5))
      this.first[i] = from
      this.count[i] = to - from
      this.#weigh(i * this.stride, from, to, center, 1 / support)
    }
  }

  #weigh(at: number, from: number, to: number, center: number, slope: number): void {
    let total = 0
    for (let x = from; x < to; x++) {
      const weight = Math.max(0, 1 - Math.abs((x - center + 0.5) * slope))
      this.#real[x - from] = weight
      total += weight
    }
    for (let k = 0; k < to - from; k++) {
      this.weights[at + k] = Math.floor((this.#real[k]! / total) * (1 << PRECISION) + 0.5)
    }
  }

  #reserve(outSize: number, stride: number): void {
    this.stride = stride
    if (this.first.length < outSize) {
      this.first = new Int32Array(outSize)
      this.count = new Int32Array(outSize)
    }
    if (this.weights.length < outSize * stride) this.weights = new Int32Array(outSize * stride)
    if (this.#real.length < stride) this.#real = new Float64Array(stride)
  }
}
