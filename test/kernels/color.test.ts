import { describe, expect, test } from 'vitest'
import { brightness, contrast, grey, hue, saturation } from '#dist/kernels/color.js'
import { colorJitterStep } from '#dist/kernels/colorJitter.js'
import { sharpness } from '#dist/kernels/sharpness.js'
import type { Image } from '#dist/kernels/step.js'
import { autoContrast, equalize, posterize, solarize } from '#dist/kernels/tone.js'
import fixtures from '../fixtures/color.json' with { type: 'json' }
import { blank, noFacts, randomImage, rngFor, shapeOf } from './support.js'

type Change = (image: Image, amount: number, out: Image) => void

/** The largest difference that is allowed: torchvision rounds blends down, and hues by a detour. */
const operations: Record<string, { readonly change: Change; readonly within: number }> = {
  brightness: { change: brightness, within: 1 },
  contrast: { change: contrast, within: 1 },
  saturation: { change: saturation, within: 1 },
  hue: { change: hue, within: 2 },
  sharpness: { change: sharpness, within: 1 },
  posterize: { change: posterize, within: 0 },
  solarize: { change: solarize, within: 0 },
  autoContrast: { change: (image, _amount, out) => autoContrast(image, out), within: 0 },
  equalize: { change: (image, _amount, out) => equalize(image, out), within: 0 },
  invert: { change: (image, _amount, out) => solarize(image, 0, out), within: 0 },
  grey: { change: (image, _amount, out) => grey(image, out), within: 1 }
}

function decode(name: string): Image {
  const { pixels, ...shape } = fixtures.images[name as keyof typeof fixtures.images]
  return { data: new Uint8Array(Buffer.from(pixels, 'base64')), ...shape }
}

test.each(fixtures.results)(
  'torchvision: $operation by $amount of $image',
  ({ image: name, operation, amount, pixels }) => {
    const image = decode(name)
    const { change, within } = operations[operation]!
    const out = blank(shapeOf(image))
    change(image, amount, out)
    const expected = Buffer.from(pixels, 'base64')
    const distance = out.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
    expect(distance).toBeLessThanOrEqual(within)
  }
)

describe('neutral amounts leave every bit', () => {
  test.each([
    ['brightness', 1],
    ['contrast', 1],
    ['saturation', 1],
    ['sharpness', 1],
    ['hue', 0],
    ['posterize', 8],
    ['solarize', 256]
  ])('%s %d', (operation, amount) => {
    for (const channels of [1, 3, 4]) {
      const image = randomImage([9, 7, channels], 4)
      const out = blank(shapeOf(image))
      operations[operation]!.change(image, amount, out)
      expect(out).toEqual(image)
    }
  })
})

test('a whole turn of the hue, in two halves, comes back', () => {
  const image = randomImage([16, 16, 3], 8)
  const [half, whole] = [blank(shapeOf(image)), blank(shapeOf(image))]
  hue(image, 0.5, half)
  hue(half, 0.5, whole)
  const distance = whole.data.reduce((most, value, i) => Math.max(most, Math.abs(value - image.data[i]!)), 0)
  expect(distance).toBeLessThanOrEqual(2)
})

describe('colorJitter', () => {
  const options = {
    brightness: [0.6, 1.4],
    contrast: [0.5, 1.5],
    saturation: [0, 2],
    hue: [-0.1, 0.1],
    p: 1
  } as const
  const draws = Array.from(
    { length: 2400 },
    (_, i) => colorJitterStep.draw(rngFor('jitter', i), options, [4, 4, 3], noFacts, [])!.changes
  )

  test('every order comes equally often', () => {
    const counts = new Map<string, number>()
    for (const changes of draws) {
      const order = changes.map(({ name }) => name).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
    expect(chiSquare).toBeLessThan(23 + 4 * Math.sqrt(46))
  })

  test('amounts are uniform in their ranges', () => {
    for (const name of ['brightness', 'contrast', 'saturation', 'hue'] as const) {
      const amounts = draws.map(changes => changes.find(change => change.name === name)!.amount)
      const [low, high] = options[name]
      expect(Math.min(...amounts)).toBeGreaterThanOrEqual(low)
      expect(Math.max(...amounts)).toBeLessThan(high)
      const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length
      const sigma = (high - low) / Math.sqrt(12 * amounts.length)
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(4 * sigma)
    }
  })

  test('a change that is left out moves no draw of the others', () => {
    const fewer = { ...options, contrast: undefined }
    for (let i = 0; i < 50; i++) {
      const some = colorJitterStep.draw(rngFor('jitter', i), fewer, [4, 4, 3], noFacts, [])!.changes
      expect(some).toEqual(draws[i]!.filter(({ name }) => name !== 'contrast'))
    }
  })
})
