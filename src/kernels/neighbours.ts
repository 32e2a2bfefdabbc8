/** Which pixels around a place make up the value there, and how much of each. */

/** Mean of how many pixels: the nearest one, 2×2 or 4×4. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic'

/**
 * What stands beyond the border: a constant, the last pixels again, the image mirrored about the centres of its last
 * pixels, or the image again. They are SciPy's `grid-constant`, `nearest`, `mirror` and `grid-wrap`.
 */
export type WarpBorder = 'constant' | 'edge' | 'reflect' | 'wrap'

/** Places further away than this are moved here, where whole numbers are still exact. */
const FAR = 2 ** 30

/** The neighbours of a place along one axis, used again without allocation. */
export class Neighbours {
  /** Which pixels of the line they are; −1 for the fill. */
  readonly index: Int32Array = new Int32Array(4)
  /** How much of each; in total 1. Exactly 1 and 0 at the centre of a pixel. */
  readonly weight: Float64Array = new Float64Array(4)
  /** How many there are. */
  readonly count: number
  readonly #border: WarpBorder

  constructor(interpolation: Interpolation, border: WarpBorder) {
    this.count = interpolation === 'nearest' ? 1 : interpolation === 'bilinear' ? 2 : 4
    this.#border = border
  }

  /** Finds the neighbours of `place` in a line of `size` pixels. A place that is no number has none but the fill. */
  find(place: number, size: number): void {
    const { count, weight } = this
    if (Number.isNaN(place)) {
      weight.fill(0)
      weight[0] = 1
      this.index.fill(-1)
      return
    }
    const near = Math.min(FAR, Math.max(-FAR, place))
    const whole = Math.floor(count === 1 ? near + 0.5 : near)
    const t = near - whole
    if (count === 1) weight[0] = 1
    else if (count === 2) {
      weight[0] = 1 - t
      weight[1] = t
    } else {
      weight[0] = ((1 - 0.5 * t) * t - 0.5) * t
      weight[1] = (1.5 * t - 2.5) * t * t + 1
      weight[2] = ((2 - 1.5 * t) * t + 0.5) * t
      weight[3] = (0.5 * t - 0.5) * t * t
    }
    const first = count === 4 ? whole - 1 : whole
    for (let i = 0; i < count; i++) this.index[i] = standIn(first + i, size, this.#border)
  }
}

/** The pixel that stands in for the `i`-th of a line of `size`; −1 for the fill. */
function standIn(i: number, size: number, border: WarpBorder): number {
  if (i >= 0 && i < size) return i
  if (border === 'constant') return -1
  if (border === 'edge') return i < 0 ? 0 : size - 1
  if (border === 'wrap') return modulo(i, size)
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const within = modulo(i, period)
  return within < size ? within : period - within
}

function modulo(i: number, n: number): number {
  return i - n * Math.floor(i / n)
}
