/** Draws from the normal, gamma and beta distributions. Only `log`, `exp`, `sqrt` and uniform numbers go in. */

/** Anything that gives uniform numbers in [0, 1) and standard normal ones. */
export interface Uniform {
  float(): number
  normal(): number
}

/**
 * Writes two independent standard normal numbers (Marsaglia's polar method).
 *
 * It needs no sine or cosine, whose last bit differs between versions of V8.
 */
export function normalPair(rng: Pick<Uniform, 'float'>, out: Float64Array): void {
  for (;;) {
    const x = 2 * rng.float() - 1
    const y = 2 * rng.float() - 1
    const square = x * x + y * y
    if (square >= 1 || square === 0) continue
    const factor = Math.sqrt((-2 * Math.log(square)) / square)
    out[0] = x * factor
    out[1] = y * factor
    return
  }
}

/** A draw from Gamma(shape, 1); 0 where the true value is too small for a float64. */
export function gamma(rng: Uniform, shape: number): number {
  return shape >= 1 ? largeGamma(rng, shape) : Math.exp(logGamma(rng, shape))
}

/**
 * A draw from Beta(a, b), never NaN.
 *
 * It compares the logarithms of two gamma draws, because for small parameters both draws are too small for a float64.
 */
export function beta(rng: Uniform, a: number, b: number): number {
  const x = logGamma(rng, a)
  const y = logGamma(rng, b)
  // Even the logarithms overflow below 1e-306, where the distribution is a coin.
  if (x === -Infinity && y === -Infinity) return rng.float() * (a + b) < a ? 1 : 0
  return 1 / (1 + Math.exp(y - x))
}

/** Logarithm of a draw from Gamma(shape, 1). A shape below 1 is raised by 1 and corrected by a uniform power. */
function logGamma(rng: Uniform, shape: number): number {
  if (shape >= 1) return Math.log(largeGamma(rng, shape))
  const raised = Math.log(largeGamma(rng, shape + 1))
  return raised + Math.log(1 - rng.float()) / shape
}

/** Marsaglia and Tsang 2000, "A simple method for generating gamma variables", for shapes of at least 1. */
function largeGamma(rng: Uniform, shape: number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = rng.normal()
    const t = 1 + c * x
    if (t <= 0) continue
    const v = t * t * t
    const u = 1 - rng.float()
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
