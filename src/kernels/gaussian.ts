/** Separable Gaussian filtering of float32 planes, in float32 arithmetic throughout, so that vectors give the same bits. */

/** What stands beyond the border: nothing, or the plane mirrored at its last values. */
export type BlurBorder = 'zero' | 'reflect'

/** Where a Gaussian is cut off, in standard deviations. */
const CUT = 3

/** Half a Gaussian with a sum of 1, from its middle outward. */
export function gaussianWeights(sigma: number, radius: number = Math.ceil(CUT * sigma)): Float32Array {
  if (sigma === 0) return Float32Array.of(1)
  const values = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)))
  const sum = values.reduce((total, value) => total + 2 * value, -values[0]!)
  return Float32Array.from(values, value => value / sum)
}

// Scratch memory of this thread, grown to the largest plane seen.
let between = new Float32Array(0)
let padded = new Float32Array(0)

/**
 * Filters rows and columns of a plane in place.
 *
 * @param data height × width × channels values
 * @param half the kernel's right half, from its middle on
 */
export function blur(
  data: Float32Array,
  height: number,
  width: number,
  channels: number,
  half: Float32Array,
  border: BlurBorder
): void {
  const line = width * channels
  const radius = half.length - 1
  if (radius === 0) return
  if (between.length < height * line) between = new Float32Array(height * line)
  if (padded.length < line + 2 * radius * channels) padded = new Float32Array(line + 2 * radius * channels)
  for (let y = 0; y < height; y++) {
    pad(data, y * line, width, channels, radius, border)
    blurRow(y * line, line, channels, half)
  }
  for (let y = 0; y < height; y++) blurColumns(data, y, height, line, half, border)
}

/** A row with what stands beyond its ends. */
function pad(
  data: Float32Array,
  at: number,
  width: number,
  channels: number,
  radius: number,
  border: BlurBorder
): void {
  padded.set(data.subarray(at, at + width * channels), radius * channels)
  for (let i = 1; i <= radius; i++) {
    const left = (radius - i) * channels
    const right = (radius + width - 1 + i) * channels
    for (let c = 0; c < channels; c++) {
      padded[left + c] = border === 'zero' ? 0 : data[at + mirrored(-i, width) * channels + c]!
      padded[right + c] = border === 'zero' ? 0 : data[at + mirrored(width - 1 + i, width) * channels + c]!
    }
  }
}

function blurRow(at: number, line: number, channels: number, half: Float32Array): void {
  const radius = half.length - 1
  const middle = radius * channels
  const first = half[0]!
  for (let i = 0; i < line; i++) {
    const from = middle + i
    let sum = Math.fround(first * padded[from]!)
    for (let k = 1, step = channels; k <= radius; k++, step += channels) {
      const pair = Math.fround(padded[from - step]! + padded[from + step]!)
      sum = Math.fround(sum + Math.fround(half[k]! * pair))
    }
    between[at + i] = sum
  }
}

function blurColumns(
  out: Float32Array,
  y: number,
  height: number,
  line: number,
  half: Float32Array,
  border: BlurBorder
): void {
  const at = y * line
  const first = half[0]!
  for (let i = 0; i < line; i++) out[at + i] = Math.fround(first * between[at + i]!)
  for (let k = 1; k < half.length; k++) {
    const weight = half[k]!
    const above = rowBeyond(y - k, height, border) * line
    const below = rowBeyond(y + k, height, border) * line
    if (above >= 0 && below >= 0) {
      for (let i = 0; i < line; i++) {
        const pair = Math.fround(between[above + i]! + between[below + i]!)
        out[at + i] = Math.fround(out[at + i]! + Math.fround(weight * pair))
      }
    } else if (above >= 0 || below >= 0) {
      const from = Math.max(above, below)
      for (let i = 0; i < line; i++) {
        out[at + i] = Math.fround(out[at + i]! + Math.fround(weight * between[from + i]!))
      }
    }
  }
}

function rowBeyond(y: number, height: number, border: BlurBorder): number {
  if (y >= 0 && y < height) return y
  return border === 'zero' ? -1 : mirrored(y, height)
}

/** The index that stands in for one beyond the border, however far. */
function mirrored(i: number, n: number): number {
  if (n === 1) return 0
  const period = 2 * (n - 1)
  const at = ((i % period) + period) % period
  return at < n ? at : period - at
}
