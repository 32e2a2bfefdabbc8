/** Random images that are smooth: sums of waves, the shorter the weaker. */
import { sinCos } from './angle.js'

/** Waves of more cycles a side are left out, so that large images stay affordable. */
const MOST_CYCLES = 32

/**
 * Makes an image of real numbers whose spectrum is normal noise, divided by the frequency to the power `decay`; the
 * scale of the numbers is arbitrary.
 *
 * Harris et al. 2020, https://arxiv.org/abs/2002.12047: for images of up to 64×64 the inverse FFT of the authors' code,
 * up to scale. In larger ones, what has more than 32 cycles a side is left out: at a decay of 3, about a millionth of
 * the energy.
 *
 * @param normal gives the real and then the imaginary part of each wave, line by line of the half spectrum that an FFT
 *   of real numbers has
 */
export function fourierNoise(height: number, width: number, decay: number, normal: () => number): Float64Array {
  const rows = frequencies(height)
  const columns = Math.min(width >> 1, MOST_CYCLES) + 1
  const lines = rows.map(fy => {
    const waves = Array.from({ length: columns }, (_, fx) => {
      const size = amplitude(fy / height, fx / width, Math.max(height, width), decay) * (isDouble(fx, width) ? 2 : 1)
      return [size * normal(), size * normal()] as const
    })
    return alongLine(waves, width)
  })
  return downColumns(rows, lines, height, width)
}

/** Whole cycles down the image, in the order of an FFT. */
function frequencies(height: number): readonly number[] {
  const all = Array.from({ length: height }, (_, i) => (i < height / 2 ? i : i - height))
  return all.filter(cycles => Math.abs(cycles) <= MOST_CYCLES)
}

/** 1 / frequency^decay in cycles a pixel; the lowest frequencies are taken for one cycle of the longer side. */
function amplitude(fy: number, fx: number, longer: number, decay: number): number {
  const square = Math.max(fy * fy + fx * fx, 1 / (longer * longer))
  return Math.exp((-decay / 2) * Math.log(square))
}

/** Whether a wave stands for its mirror image as well, which a real image has too. */
function isDouble(fx: number, width: number): boolean {
  return fx !== 0 && 2 * fx !== width
}

/** The sums of waves at each column: real parts, then imaginary parts. */
function alongLine(waves: readonly (readonly [re: number, im: number])[], width: number): Float64Array {
  const circle = turns(width)
  const sums = new Float64Array(2 * width)
  for (let fx = 0; fx < waves.length; fx++) {
    const [re, im] = waves[fx]!
    for (let x = 0; x < width; x++) {
      const angle = 2 * ((fx * x) % width)
      const [sin, cos] = [circle[angle]!, circle[angle + 1]!]
      sums[x]! += re * cos - im * sin
      sums[width + x]! += re * sin + im * cos
    }
  }
  return sums
}

/** The real parts of the sums of waves down each column. */
function downColumns(
  rows: readonly number[],
  lines: readonly Float64Array[],
  height: number,
  width: number
): Float64Array {
  const circle = turns(height)
  const out = new Float64Array(height * width)
  for (let y = 0; y < height; y++) {
    const line = out.subarray(y * width, (y + 1) * width)
    for (let i = 0; i < rows.length; i++) {
      const angle = 2 * ((((rows[i]! * y) % height) + height) % height)
      const [sin, cos] = [circle[angle]!, circle[angle + 1]!]
      const sums = lines[i]!
      for (let x = 0; x < width; x++) line[x]! += sums[x]! * cos - sums[width + x]! * sin
    }
  }
  return out
}

/** Sine and cosine of each n-th part of a turn. */
function turns(n: number): Float64Array {
  const circle = new Float64Array(2 * n)
  for (let i = 0; i < n; i++) circle.set(sinCos((360 * i) / n), 2 * i)
  return circle
}
