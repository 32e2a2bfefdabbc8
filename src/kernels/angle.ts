/** Sine and cosine that are the same on every machine. */

/** Terms of both series; the next one is below 2^-60 at 45°. */
const TERMS = 9

/**
 * Sine and cosine of an angle in degrees, from sums and products alone: the last bit of `Math.sin` differs between
 * versions of V8. Multiples of 90° are exact.
 */
export function sinCos(degrees: number): readonly [sin: number, cos: number] {
  const quarters = Math.round(degrees / 90)
  const angle = ((degrees - 90 * quarters) * Math.PI) / 180
  const square = angle * angle
  let sin = 1
  let cos = 1
  for (let n = TERMS; n > 0; n--) {
    sin = 1 - (square / (2 * n * (2 * n + 1))) * sin
    cos = 1 - (square / (2 * n * (2 * n - 1))) * cos
  }
  sin *= angle
  const quarter = ((quarters % 4) + 4) % 4
  if (quarter === 0) return [sin, cos]
  if (quarter === 1) return [cos, -sin]
  return quarter === 2 ? [-sin, -cos] : [-cos, sin]
}
