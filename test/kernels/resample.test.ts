import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resample } from '#dist/kernels/resample.js'
import { resizeStep } from '#dist/kernels/resize.js'
import { Taps } from '#dist/kernels/taps.js'
import { fixtures, source, unpack } from './fixtures.js'
import { blank, grey, noFacts, randomImage, rngFor, rowsOf, shapeOf } from './support.js'

const whole = ({ width, height }: { width: number; height: number }) => ({ left: 0, top: 0, width, height })

describe('equals Pillow and torchvision to a grey level', () => {
  const cases = [...fixtures.resize, ...fixtures.crops].map(item => {
    const { source, box, pillow } = item
    const part = `${box.width}×${box.height}+${box.left}+${box.top}`
    return [`${source} ${part} to ${pillow.width}×${pillow.height}`, item] as const
  })

  test.each(cases)('%s', (_, item) => {
    const pillow = unpack(item.pillow)
    const out = blank(shapeOf(pillow))
    resample(source(item.source), item.box, out)
    for (const { data } of [pillow, unpack(item.torchvision)]) {
      expect(Math.max(...out.data.map((byte, i) => Math.abs(byte - data[i]!)))).toBeLessThanOrEqual(1)
    }
  })

  test.each(fixtures.shorter)('shorter side of $height×$width to $size: $result', ({ height, width, size, result }) => {
    const drawn = resizeStep.draw(rngFor('resize'), { size }, [height, width, 3], noFacts, [])
    expect(drawn ?? { height, width }).toEqual({ height: result[0], width: result[1] })
  })
})

test('halves are rounded up, once across and once down', () => {
  const out = blank([1, 1, 1])
  resample(grey([0, 1], [0, 0]), { left: 0, top: 0, width: 2, height: 2 }, out)
  expect([...out.data]).toEqual([1]) // (0 + 1) / 2 → 1, 0; (1 + 0) / 2 → 1
})

test('a box between pixels', () => {
  const out = blank([1, 2, 1])
  resample(grey([0, 100, 200, 255]), { left: 0.5, top: 0, width: 2, height: 1 }, out)
  expect([...out.data]).toEqual([50, 150])
})

test('a box takes nothing from outside itself', () => {
  const image = grey([255, 255, 255, 255], [255, 10, 10, 255], [255, 10, 10, 255], [255, 255, 255, 255])
  for (const [height, width] of [
    [1, 1],
    [2, 2],
    [5, 7],
    [1, 9]
  ] as const) {
    const out = blank([height, width, 1])
    resample(image, { left: 1, top: 1, width: 2, height: 2 }, out)
    expect(new Set(out.data)).toEqual(new Set([10]))
  }
})

test('the same size is a copy, of a part too', () => {
  const image = randomImage([9, 7, 3])
  const out = blank([9, 7, 3])
  resample(image, whole(image), out)
  expect(out.data).toEqual(image.data)
  const part = blank([2, 3, 1])
  resample(grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]), { left: 1, top: 1, width: 3, height: 2 }, part)
  expect(rowsOf(part)).toEqual([
    [6, 7, 8],
    [10, 11, 12]
  ])
})

test('one colour stays that colour, and values stay between their extremes', () => {
  const side = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(side, side, side, side, fc.constantFrom(1, 3, 4), fc.nat(255), (h, w, newH, newW, channels, byte) => {
      const out = blank([newH, newW, channels])
      const image = blank([h, w, channels], byte)
      resample(image, whole(image), out)
      expect(new Set(out.data)).toEqual(new Set([byte]))
    }),
    { seed: 3, numRuns: 200 }
  )
})

test('a small image after a large one: what is left in memory does not matter', () => {
  const image = randomImage([11, 13, 3], 1)
  const [first, second] = [blank([6, 5, 3]), blank([6, 5, 3])]
  resample(image, whole(image), first)
  const large = randomImage([120, 90, 4], 2)
  resample(large, whole(large), blank([70, 33, 4]))
  resample(image, whole(image), second)
  expect(second.data).toEqual(first.data)
})

test('the weights of a new pixel add up to 1 and fit 16 bits, whatever part is scaled to whatever size', () => {
  const taps = new Taps()
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
      (size, start, share, outSize) => {
        const from = start * size
        taps.set(from, Math.max(0.5, Math.min(size - from, share * size)), size, outSize)
        const { stride, count, precision, weights } = taps
        for (let i = 0; i < outSize; i++) {
          const own = weights.subarray(i * stride, (i + 1) * stride)
          expect(own.reduce((sum, weight) => sum + weight, 0)).toBe(1 << precision)
          expect(own.every((weight, k) => weight >= 0 && (k < count[i]! || weight === 0))).toBe(true)
        }
      }
    )
  )
})
