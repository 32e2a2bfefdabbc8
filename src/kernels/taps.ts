/** Weights of a triangle filter in fixed point: which old pixels make up a new one. */

/** Bits behind the point of a weight of 1, so that it fits 16 bits. Weights that are all smaller get more. */
const LEAST_PRECISION = 14
/** 8 bits of pixel, and 2 more against overflow, leave 22 of 32. */
const MOST_PRECISION = 22
/** Weights of a new pixel are padded with zeros to a multiple of this. */
const GROUP = 4

/** Which pixels of a line make up each new pixel, and how much of each. Used again without allocation. */
export class Taps {
  /** Bits behind the point of the weights. */
  precision: number = LEAST_PRECISION
  /** Weights kept for each new pixel: a multiple of 4. */
  stride = 0
  /** The largest count. */
  most = 0
  /** First old pixel of each new one. */
  first: Int32Array = new Int32Array(0)
  /** How many old pixels make up each new one. */
  count: Int32Array = new Int32Array(0)
  /** Those of a new pixel add up to exactly 1, so that an even area stays what it is; beyond its count they are 0. */
  weights: Int16Array = new Int16Array(0)
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
    this.#reserve(outSize, Math.ceil(2 * support) + 1)
    // No weight is above 2 / support: at a border half of the triangle is cut off.
    this.precision = Math.min(MOST_PRECISION, LEAST_PRECISION + Math.max(0, Math.floor(Math.log2(support)) - 1))
    const low = Math.max(0, Math.floor(start))
    const high = Math.min(size, Math.ceil(start + length))
    this.most = 0
    for (let i = 0; i < outSize; i++) {
      const center = start + (i + 0.5) * scale
      const from = Math.max(low, Math.floor(center - support + 0.5))
      const to = Math.min(high, Math.floor(center + support + 0.5))
      this.first[i] = from
      this.count[i] = to - from
      this.most = Math.max(this.most, to - from)
    }
    this.stride = GROUP * Math.ceil(this.most / GROUP)
    for (let i = 0; i < outSize; i++) this.#weigh(i, start + (i + 0.5) * scale - 0.5, 1 / support)
  }

  /** @param center where the new pixel lies, counted from the middle of the first old one */
  #weigh(i: number, center: number, slope: number): void {
    const { weights, stride } = this
    const real = this.#real
    const offset = this.first[i]! - center
    const n = this.count[i]!
    let total = 0
    for (let k = 0; k < n; k++) {
      const weight = Math.max(0, 1 - Math.abs((k + offset) * slope))
      real[k] = weight
      total += weight
    }
    const one = 1 << this.precision
    const at = i * stride
    let rest = one
    let largest = at
    let most = 0
    for (let k = 0; k < n; k++) {
      const weight = Math.floor((real[k]! / total) * one + 0.5)
      weights[at + k] = weight
      rest -= weight
      if (weight > most) {
        largest = at + k
        most = weight
      }
    }
    weights[largest] = most + rest
    for (let k = n; k < stride; k++) weights[at + k] = 0
  }

  #reserve(outSize: number, most: number): void {
    if (this.first.length < outSize) {
      this.first = new Int32Array(outSize)
      this.count = new Int32Array(outSize)
    }
    const stride = GROUP * Math.ceil(most / GROUP)
    if (this.weights.length < outSize * stride) this.weights = new Int16Array(outSize * stride)
    if (this.#real.length < stride) this.#real = new Float64Array(stride)
  }
}
