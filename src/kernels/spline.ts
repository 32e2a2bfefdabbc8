/** Cubic B-splines on regular grids, mirrored at their ends, as SciPy's `ndimage` has them. */

const POLE = Math.sqrt(3) - 2

/** Turns `n` values, `step` apart, into the coefficients of the spline through them. In place. */
export function splineCoefficients(values: Float64Array, start: number, n: number, step: number): void {
  if (n < 2) return
  const at = (i: number): number => start + i * step
  for (let i = 0; i < n; i++) values[at(i)] = 6 * values[at(i)]!
  let power = POLE
  let first = values[at(0)]! + POLE ** (n - 1) * values[at(n - 1)]!
  for (let i = 1; i < n - 1; i++) {
    first += (power + POLE ** (2 * n - 2 - i)) * values[at(i)]!
    power *= POLE
  }
  values[at(0)] = first / (1 - POLE ** (2 * n - 2))
  for (let i = 1; i < n; i++) values[at(i)] = values[at(i)]! + POLE * values[at(i - 1)]!
  values[at(n - 1)] = (POLE / (POLE * POLE - 1)) * (values[at(n - 1)]! + POLE * values[at(n - 2)]!)
  for (let i = n - 2; i >= 0; i--) values[at(i)] = POLE * (values[at(i + 1)]! - values[at(i)]!)
}

/** Writes the weights of the four coefficients around a place; gives the index of the first, which may be beyond. */
export function splineWeights(x: number, weights: Float64Array): number {
  const floor = Math.floor(x)
  const t = x - floor
  const s = 1 - t
  weights[0] = (s * s * s) / 6
  weights[1] = (4 - 6 * t * t + 3 * t * t * t) / 6
  weights[2] = (4 - 6 * s * s + 3 * s * s * s) / 6
  weights[3] = (t * t * t) / 6
  return floor - 1
}

/** The index that stands in for one beyond the ends. */
export function splineIndex(i: number, n: number): number {
  if (n === 1) return 0
  const period = 2 * (n - 1)
  const at = ((i % period) + period) % period
  return at < n ? at : period - at
}
