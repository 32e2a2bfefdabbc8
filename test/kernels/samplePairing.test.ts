import { describe, expect, test } from 'vitest'
import { isPairingEpoch, samplePairingStep } from '#dist/kernels/samplePairing.js'
import { blank, grey, noFacts, randomImage, rngFor, rowsOf, shapeOf } from './support.js'

/** The paper's, for CIFAR-10. */
const schedule = { from: 100, to: 800, on: 8, off: 2 }
const source = { size: 50, own: 3, classes: undefined }

function paired(image: ReturnType<typeof grey>, partner: ReturnType<typeof grey>) {
  const out = blank(shapeOf(image))
  samplePairingStep.apply(image, {}, out, [partner])
  return out
}

describe('samplePairing', () => {
  test.each([
    [0, false],
    [99, false],
    [100, true],
    [107, true],
    [108, false],
    [109, false],
    [110, true],
    [797, true],
    [798, false],
    [799, false],
    [800, false],
    [999, false]
  ])('in epoch %d: %s', (epoch, on) => {
    expect(isPairingEpoch(epoch, schedule)).toBe(on)
    const places = samplePairingStep.partners!(rngFor('pair'), { p: 1, schedule }, { ...noFacts, epoch }, source)
    expect(places).toHaveLength(on ? 1 : 0)
  })

  test('560 of 1,000 epochs pair', () => {
    const on = Array.from({ length: 1000 }, (_, epoch) => isPairingEpoch(epoch, schedule)).filter(Boolean)
    expect(on).toHaveLength(560)
  })

  test('the mean of two bytes; halves go to the even number', () => {
    const result = paired(grey([255, 254, 1, 0, 3, 255]), grey([254, 253, 0, 0, 0, 0]))
    expect(rowsOf(result)).toEqual([[254, 254, 0, 0, 2, 128]])
  })

  test('an image with itself is the image', () => {
    const image = randomImage([9, 7, 3], 4)
    expect(paired(image, image)).toEqual(image)
  })

  test('without a partner nothing is drawn', () => {
    expect(
      samplePairingStep.draw(rngFor('none'), { p: 1, schedule: undefined }, [4, 4, 3], noFacts, [])
    ).toBeUndefined()
  })
})
