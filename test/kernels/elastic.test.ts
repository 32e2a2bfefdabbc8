import { describe, expect, test } from 'vitest'
import { IDENTITY } from '#dist/kernels/affine.js'
import { elasticDistortionStep, elasticRows } from '#dist/kernels/elasticDistortion.js'
import { elasticField } from '#dist/kernels/elasticField.js'
import { elasticGridStep } from '#dist/kernels/elasticGrid.js'
import { blur, gaussianWeights } from '#dist/kernels/gaussian.js'
import { gaussianBlurStep } from '#dist/kernels/gaussianBlur.js'
import type { Image } from '#dist/kernels/step.js'
import { warp } from '#dist/kernels/warp.js'
import fixtures from '../fixtures/elastic.json' with { type: 'json' }
import { applied, blank, noFacts, randomImage, rngFor, shapeOf } from './support.js'

function decode({ pixels, ...shape }: { pixels: string; height: number; width: number; channels: number }): Image {
  return { data: new Uint8Array(Buffer.from(pixels, 'base64')), ...shape }
}

function floatsOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

/** The largest difference, and the share of bytes that differ by more than one level. */
function compare(out: Uint8Array, expected: Uint8Array): { most: number; share: number } {
  const distances = out.map((value, i) => Math.abs(value - expected[i]!))
  return { most: Math.max(...distances), share: distances.filter(d => d > 1).length / distances.length }
}

describe('SciPy: noise, blurred and sampled', () => {
  test.each(fixtures.simard)(
    'alpha $alpha, sigma $sigma, $border',
    ({ image, alpha, sigma, border, noise, blurred, pixels }) => {
      const source = decode(image)
      const size = source.height * source.width
      const both = floatsOf(noise)
      const field = { dx: both.subarray(0, size), dy: both.subarray(size) }
      for (const plane of [field.dx, field.dy]) {
        blur(plane, [source.height, source.width, 1], gaussianWeights(sigma), border as 'zero')
      }
      const expected = floatsOf(blurred)
      for (const [i, value] of both.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5)
      const out = blank(shapeOf(source))
      const fill = new Array<number>(source.channels).fill(40)
      const rows = elasticRows({ matrix: IDENTITY, alpha }, field, source.width)
      warp(source, rows, { interpolation: 'bilinear', border: 'constant', fill }, out)
      expect(compare(out.data, Buffer.from(pixels, 'base64')).most).toBeLessThanOrEqual(1)
    }
  )
})

describe('elasticdeform', () => {
  test.each(fixtures.grids)('order $order, grid of $points', ({ image, points, order, dx, dy, pixels }) => {
    const source = decode(image)
    const fill = new Array<number>(source.channels).fill(40)
    const params = { points: points as [number, number], dx, dy, order: order as 1, border: 'constant', fill } as const
    const out = applied(elasticGridStep, source, params)
    const { most, share } = compare(out.data, Buffer.from(pixels, 'base64'))
    // Between the outermost centres and the border elasticdeform has the fill, where bilinear sampling fades into it.
    if (order === 3) expect(most).toBeLessThanOrEqual(1)
    expect(share).toBeLessThan(0.1)
  })

  test('inside, bilinear sampling agrees to one level', () => {
    for (const { image, points, order, dx, dy, pixels } of fixtures.grids.filter(({ order }) => order === 1)) {
      const source = decode(image)
      const expected = Buffer.from(pixels, 'base64')
      const fill = new Array<number>(source.channels).fill(40)
      const params = {
        points: points as [number, number],
        dx,
        dy,
        order: order as 1,
        border: 'constant',
        fill
      } as const
      const out = applied(elasticGridStep, source, params)
      let compared = 0
      for (let p = 0; p < source.height * source.width; p++) {
        const bytes = expected.subarray(p * source.channels, (p + 1) * source.channels)
        if (bytes.every(byte => byte === 40)) continue
        compared++
        for (const [c, byte] of bytes.entries()) {
          expect(Math.abs(out.data[p * source.channels + c]! - byte)).toBeLessThanOrEqual(1)
        }
      }
      expect(compared).toBeGreaterThan(0.7 * source.height * source.width)
    }
  })
})

test.each(fixtures.blurs)('torchvision: gaussianBlur $sigma in $size pixels', ({ image, size, sigma, pixels }) => {
  const out = applied(gaussianBlurStep, decode(image), { sigma, radius: (size - 1) / 2 })
  expect(compare(out.data, Buffer.from(pixels, 'base64')).most).toBeLessThanOrEqual(1)
})

describe('fields', () => {
  const seeds = Array.from({ length: 60 }, (_, i) => 1000 + i)

  function* values(sigma: number, size: number, margin: number): Generator<{ dx: number; dy: number }> {
    for (const seed of seeds) {
      const { dx, dy } = elasticField({ seed, sigma, blurBorder: 'reflect' }, size, size)
      for (let y = margin; y < size - margin; y += 1) {
        for (let x = margin; x < size - margin; x += 1) yield { dx: dx[y * size + x]!, dy: dy[y * size + x]! }
      }
    }
  }

  test.each([3, 4, 5])('far from the border the deviation is 0.1629 / sigma, for sigma %d', sigma => {
    let [n, xx, yy, xy] = [0, 0, 0, 0]
    for (const { dx, dy } of values(sigma, 64, 3 * sigma)) {
      n++
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
    const expected = 0.1629 / sigma
    expect(Math.abs(Math.sqrt(xx / n) / expected - 1)).toBeLessThan(0.03)
    expect(Math.abs(Math.sqrt(yy / n) / expected - 1)).toBeLessThan(0.03)
    // Both axes have noise of their own.
    expect(Math.abs(xy / n)).toBeLessThan(0.06 * expected ** 2)
  })

  test('neighbours are alike as exp(−d² / 4σ²)', () => {
    const [sigma, size, d] = [4, 64, 5]
    let [n, same, apart] = [0, 0, 0]
    for (const seed of seeds) {
      const { dx } = elasticField({ seed, sigma, blurBorder: 'reflect' }, size, size)
      for (let y = 12; y < 52; y++) {
        for (let x = 12; x < 52 - d; x++) {
          n++
          same += dx[y * size + x]! ** 2
          apart += dx[y * size + x]! * dx[y * size + x + d]!
        }
      }
    }
    expect(Math.abs(apart / same - Math.exp(-(d * d) / (4 * sigma * sigma)))).toBeLessThan(0.05)
    expect(n).toBeGreaterThan(50_000)
  })

  test('the mean over many fields is 0, that of one is not', () => {
    const [count, size, sigma] = [2000, 29, 4]
    let sum = 0
    let largest = 0
    for (let seed = 0; seed < count; seed++) {
      const { dx } = elasticField({ seed, sigma, blurBorder: 'reflect' }, size, size)
      const mean = dx.reduce((total, value) => total + value, 0) / dx.length
      sum += mean
      largest = Math.max(largest, Math.abs(mean))
    }
    expect(Math.abs(sum / count)).toBeLessThan((4 * 0.577) / Math.sqrt(size * size * count))
    expect(largest).toBeGreaterThan(0.03)
  })

  test('the same in pixels along both sides of a long image', () => {
    let [xx, yy] = [0, 0]
    for (const seed of seeds) {
      const { dx, dy } = elasticField({ seed, sigma: 4, blurBorder: 'reflect' }, 50, 100)
      xx += dx.reduce((total, value) => total + value * value, 0)
      yy += dy.reduce((total, value) => total + value * value, 0)
    }
    expect(Math.abs(Math.sqrt(xx / yy) - 1)).toBeLessThan(0.06)
  })

  test('zeros beyond the border make displacements smaller than mirrored noise does', () => {
    const rms = (blurBorder: 'zero' | 'reflect') => {
      let sum = 0
      for (const seed of seeds) {
        const { dx } = elasticField({ seed, sigma: 4, blurBorder }, 29, 29)
        sum += dx.reduce((total, value) => total + value * value, 0) / dx.length
      }
      return 34 * Math.sqrt(sum / seeds.length)
    }
    expect(Math.abs(rms('zero') - 1.24)).toBeLessThan(0.12)
    expect(Math.abs(rms('reflect') - 1.68)).toBeLessThan(0.2)
  })

  test('the same seed gives the same field, whatever was asked for between', () => {
    const of = () => elasticField({ seed: 7, sigma: 2, blurBorder: 'zero' }, 9, 8).dx.slice()
    const first = of()
    elasticField({ seed: 8, sigma: 2, blurBorder: 'zero' }, 30, 30)
    expect(of()).toEqual(first)
    expect(elasticField({ seed: 8, sigma: 2, blurBorder: 'zero' }, 9, 8).dx).not.toEqual(first)
  })
})

describe('elasticDistortion', () => {
  const sampling = { interpolation: 'bilinear', border: 'constant', fill: 0 } as const
  const options = { alpha: 20, sigma: 4, blurBorder: 'zero', affine: undefined, p: 1, ...sampling } as const

  test('a point goes to the pixel that shows it', () => {
    const params = elasticDistortionStep.draw(rngFor('elastic'), options, [60, 40, 1], noFacts, [])!
    const { dx, dy } = elasticField(params, 60, 40)
    for (let y = 6; y < 54; y += 4) {
      for (let x = 6; x < 34; x += 4) {
        const from = [x + 0.5 + 20 * dx[y * 40 + x]!, y + 0.5 + 20 * dy[y * 40 + x]!] as const
        const [toX, toY] = elasticDistortionStep.geometry!.point(params, [60, 40, 1], ...from, 0)
        expect(Math.hypot(toX - x - 0.5, toY - y - 0.5)).toBeLessThan(0.05)
      }
    }
  })

  test('with an affine field, both displacements are added', () => {
    const affine = {
      rotate: [30, 30],
      translate: { x: [0.1, 0.1], y: [0, 0] },
      scale: [1.2, 1.2],
      shear: { x: [0, 0], y: [0, 0] },
      center: 'middle',
      p: 1,
      ...sampling
    } as const
    const image = randomImage([24, 24, 3], 2)
    const still = elasticDistortionStep.draw(
      rngFor('both'),
      { ...options, alpha: 0, affine },
      [24, 24, 3],
      noFacts,
      []
    )!
    const moved = elasticDistortionStep.draw(rngFor('both'), { ...options, affine }, [24, 24, 3], noFacts, [])!
    expect(moved.matrix).toEqual(still.matrix)
    const { dx, dy } = elasticField(moved, 24, 24)
    const out = blank(shapeOf(image))
    const rows = elasticRows(moved, { dx, dy }, 24)
    warp(image, rows, { ...sampling, fill: [0, 0, 0] }, out)
    expect(applied(elasticDistortionStep, image, moved)).toEqual(out)
    expect(applied(elasticDistortionStep, image, moved)).not.toEqual(applied(elasticDistortionStep, image, still))
  })

  test('a very large sigma shifts the whole image', () => {
    const { dx } = elasticField({ seed: 3, sigma: 200, blurBorder: 'reflect' }, 30, 30)
    const [low, high] = [Math.min(...dx), Math.max(...dx)]
    expect((high - low) / Math.abs(high + low)).toBeLessThan(0.05)
  })
})
