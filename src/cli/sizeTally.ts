/** Counts the sizes of images, in memory that does not grow with their number. */

/** The smallest, the middle one and the largest. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** How many images have sizes from one number of pixels up to another. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly images: number
}

/** Bins for each doubling of the pixels. */
const PER_DOUBLING = 2

export class SizeTally {
  readonly #widths = new Map<number, number>()
  readonly #heights = new Map<number, number>()
  readonly #bins = new Map<number, number>()

  add(width: number, height: number): void {
    count(this.#widths, width)
    count(this.#heights, height)
    count(this.#bins, Math.floor(PER_DOUBLING * Math.log2(width * height)))
  }

  get width(): Spread {
    return spread(this.#widths)
  }

  get height(): Spread {
    return spread(this.#heights)
  }

  /** From the smallest image to the largest, without gaps. */
  get bins(): readonly Bin[] {
    const { min, max } = spread(this.#bins)
    const pixels = (bin: number): number => Math.round(2 ** (bin / PER_DOUBLING))
    return Array.from({ length: max - min + 1 }, (_, i) => {
      return { from: pixels(min + i), to: pixels(min + i + 1), images: this.#bins.get(min + i) ?? 0 }
    })
  }
}

function count(counts: Map<number, number>, value: number): void {
  counts.set(value, (counts.get(value) ?? 0) + 1)
}

/** Of at least one value; between two middle ones the median is the smaller. */
function spread(counts: ReadonlyMap<number, number>): Spread {
  const values = [...counts].sort(([a], [b]) => a - b)
  const half = values.reduce((sum, [, count]) => sum + count, 0) / 2
  let before = 0
  const middle = values.find(([, count]) => {
    before += count
    return before >= half
  })
  return { min: values[0]![0], median: middle![0], max: values.at(-1)![0] }
}

const LEVELS = ' ▁▂▃▄▅▆▇█'

/** A bar for each bin; what is there can be seen, however rare it is. */
export function bars(bins: readonly Bin[]): string {
  const most = Math.max(...bins.map(({ images }) => images))
  return bins.map(({ images }) => LEVELS[Math.ceil((8 * images) / most)]).join('')
}
