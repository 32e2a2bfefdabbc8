import { describe, expect, test } from 'vitest'
import { Rng, rngKey } from '#dist/random/rng.js'
import { kolmogorov, moments } from './statistics.js'

const N = 40_000
const draws = (name: string, draw: (rng: Rng) => number, n = N) => {
  const rng = new Rng().reset(rngKey(11, 'distributions', name, 0), 0, 0)
  return Float64Array.from({ length: n }, () => draw(rng))
}

test('normal: KS, moments, and independence of the two numbers of a pair', () => {
  const values = draws('normal', rng => rng.normal())
  expect(kolmogorov(values, normalCdf)).toBeLessThan(2.2)
  const { mean, variance } = moments(values)
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(N))
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / N))
  const products = values.filter((_, i) => i % 2 === 0).map((x, i) => x * values[2 * i + 1]!)
  expect(Math.abs(moments(products).mean)).toBeLessThan(4 / Math.sqrt(N / 2))
})

describe('gamma', () => {
  test.each([0.01, 0.3, 1, 2.5, 40])('shape %d: mean and variance are the shape', shape => {
    const { mean, variance } = moments(draws('gamma', rng => rng.gamma(shape)))
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / N))
    const fourth = 3 * shape ** 2 + 6 * shape
    expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((fourth - shape ** 2) / N))
  })

  test('shape 1 is exponential, shape 1/2 the half square of a normal, shape 2 has its closed form (KS)', () => {
    expect(
      kolmogorov(
        draws('exponential', rng => rng.gamma(1)),
        x => 1 - Math.exp(-x)
      )
    ).toBeLessThan(2.2)
    expect(
      kolmogorov(
        draws('half', rng => rng.gamma(0.5)),
        x => 2 * normalCdf(Math.sqrt(2 * x)) - 1
      )
    ).toBeLessThan(2.2)
    expect(
      kolmogorov(
        draws('two', rng => rng.gamma(2)),
        x => 1 - Math.exp(-x) * (1 + x)
      )
    ).toBeLessThan(2.2)
  })
})

describe('beta', () => {
  test.each([0.01, 0.1, 0.2, 0.4, 1, 8])('Beta(α, α), α = %d: mean 1/2, variance 1 / (4 (2α + 1))', alpha => {
    const values = draws('beta', rng => rng.beta(alpha, alpha))
    const { mean, variance } = moments(values)
    const expected = 1 / (4 * (2 * alpha + 1))
    const fourth = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3))
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / N))
    expect(Math.abs(variance - expected)).toBeLessThan(4 * Math.sqrt((fourth - expected ** 2) / N) + 1e-3 / N)
  })

  test('the mean of max(λ, 1 − λ)', () => {
    for (const [alpha, mean] of [
      [0.1, 0.942],
      [0.2, 0.899],
      [0.4, 0.84],
      [1, 0.75],
      [8, 0.598]
    ] as const) {
      const folded = draws('folded', rng => rng.beta(alpha, alpha)).map(x => Math.max(x, 1 - x))
      expect(Math.abs(moments(folded).mean - mean)).toBeLessThan(0.0005 + (4 * 0.15) / Math.sqrt(N))
    }
  })

  test('closed forms: uniform, arcsine, a power (KS)', () => {
    expect(
      kolmogorov(
        draws('uniform', rng => rng.beta(1, 1)),
        x => x
      )
    ).toBeLessThan(2.2)
    const arcsine = (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))
    expect(
      kolmogorov(
        draws('arcsine', rng => rng.beta(0.5, 0.5)),
        arcsine
      )
    ).toBeLessThan(2.2)
    expect(
      kolmogorov(
        draws('power', rng => rng.beta(3, 1)),
        x => x ** 3
      )
    ).toBeLessThan(2.2)
  })

  test.each([1e-320, 1e-300, 1e-6, 0.001, 0.01, 0.05, 1, 1e6])('α = %d: 100,000 draws, none NaN or outside', alpha => {
    const values = draws('tiny', rng => rng.beta(alpha, alpha), 100_000)
    expect(values.every(x => x >= 0 && x <= 1)).toBe(true)
    const upper = values.filter(x => x > 0.5).length
    expect(Math.abs(upper - 50_000)).toBeLessThan(4 * Math.sqrt(25_000))
  })

  test('unequal parameters: mean a / (a + b), even where the draws underflow', () => {
    for (const [a, b] of [
      [2, 6],
      [0.001, 0.003],
      [1e-320, 3e-320]
    ] as const) {
      const { mean, variance } = moments(draws('unequal', rng => rng.beta(a, b)))
      expect(Math.abs(mean - 0.25)).toBeLessThan(4 * Math.sqrt(variance / N))
    }
  })
})

/** Φ(x), by the series of its Maclaurin expansion or, far out, its continued fraction. */
function normalCdf(x: number): number {
  if (x < 0) return 1 - normalCdf(-x)
  const density = Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x < 4) {
    let term = x
    let sum = x
    for (let n = 1; n < 100; n++) sum += term *= (x * x) / (2 * n + 1)
    return 0.5 + density * sum
  }
  let fraction = x
  for (let n = 60; n > 0; n--) fraction = x + n / fraction
  return 1 - density / fraction
}
