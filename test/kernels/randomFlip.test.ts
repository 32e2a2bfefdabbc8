import { expect, test } from 'vitest'
import { randomFlipStep } from '#dist/kernels/randomFlip.js'
import type { Image } from '#dist/kernels/step.js'
import { applied, grey, noFacts, randomImage, rngFor, rowsOf } from './support.js'

const horizontal = (image: Image) => applied(randomFlipStep, image, { direction: 'horizontal' })
const vertical = (image: Image) => applied(randomFlipStep, image, { direction: 'vertical' })

test('literal images, odd and even', () => {
  const image = grey([1, 2, 3], [4, 5, 6])
  expect(rowsOf(horizontal(image))).toEqual([
    [3, 2, 1],
    [6, 5, 4]
  ])
  expect(rowsOf(vertical(image))).toEqual([
    [4, 5, 6],
    [1, 2, 3]
  ])
  expect(rowsOf(horizontal(grey([1, 2])))).toEqual([[2, 1]])
  expect(rowsOf(vertical(grey([1], [2], [3])))).toEqual([[3], [2], [1]])
})

test.each([1, 2, 3, 4])('%d channels: pixels move whole, and twice is nothing', channels => {
  const image = randomImage([5, 7, channels])
  const flipped = horizontal(image)
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 7; x++) {
      const at = (y * 7 + x) * channels
      const from = (y * 7 + 6 - x) * channels
      expect(flipped.data.slice(at, at + channels)).toEqual(image.data.slice(from, from + channels))
    }
  }
  expect(horizontal(flipped).data).toEqual(image.data)
  expect(vertical(vertical(image)).data).toEqual(image.data)
})

test('p is the share of images that are mirrored', () => {
  const share = (p: number) => {
    const rng = rngFor('p')
    const draw = () => randomFlipStep.draw(rng, { p, direction: 'vertical' }, [2, 2, 3], noFacts, [])
    return Array.from({ length: 4000 }, draw).filter(drawn => drawn?.direction === 'vertical').length
  }
  expect(share(0)).toBe(0)
  expect(share(1)).toBe(4000)
  expect(Math.abs(share(0.5) - 2000)).toBeLessThan(4 * Math.sqrt(1000))
})
