/** Bounds for tests of randomness. Seeds are fixed, so a test that passes goes on passing. */

/** How many standard deviations a chi² of these counts lies above its mean; `expected` defaults to equal shares. */
export function chiSquareZ(counts: ArrayLike<number>, expected?: ArrayLike<number>): number {
  const list = Array.from(counts)
  const total = list.reduce((sum, count) => sum + count, 0)
  const chi = list.reduce((sum, count, i) => {
    const mean = expected === undefined ? total / list.length : total * expected[i]!
    return sum + (count - mean) ** 2 / mean
  }, 0)
  const freedom = list.length - 1
  return (chi - freedom) / Math.sqrt(2 * freedom)
}

/** Kolmogorov–Smirnov distance times √n: above 2.2 with probability 1.2e-4 (3.85σ), above 2.5 with 7.5e-6. */
export function kolmogorov(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  let distance = 0
  for (let i = 0; i < n; i++) {
    const at = cdf(sorted[i]!)
    distance = Math.max(distance, at - i / n, (i + 1) / n - at)
  }
  return distance * Math.sqrt(n)
}

export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const list = Array.from(values)
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length
  const variance = list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (list.length - 1)
  return { mean, variance }
}
