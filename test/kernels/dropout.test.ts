/** Dropping pixels and channels. */
import { describe, expect, test } from 'vitest'
import { type ChannelDropoutStepOptions, channelDropoutStep } from '#dist/kernels/channelDropout.js'
import { type PixelDropoutStepOptions, pixelDropoutStep } from '#dist/kernels/pixelDropout.js'
import type { Image, Shape } from '#dist/kernels/step.js'
import { chiSquareZ, moments } from '../random/statistics.js'
import { applied, blank, noFacts, randomImage, rngFor, run } from './support.js'

const pixel: PixelDropoutStepOptions = { rate: 0.2, perChannel: false, scale: false, fill: 0, p: 1 }
const channel: ChannelDropoutStepOptions = { rate: 0.5, keepOne: false, scale: false, fill: 0, p: 1 }

function pixels(changed: Partial<PixelDropoutStepOptions>, image: Image, position = 0): Uint8Array {
  return run(pixelDropoutStep, { ...pixel, ...changed }, image, rngFor('pixels', position)).data
}

function channels(changed: Partial<ChannelDropoutStepOptions>, image: Image, position = 0): Uint8Array {
  return run(channelDropoutStep, { ...channel, ...changed }, image, rngFor('channels', position)).data
}

const zeros = (data: Uint8Array): number => data.reduce((sum, byte) => sum + Number(byte === 0), 0)

describe('pixelDropout', () => {
  test.each([
    [0.2, false, 3],
    [0.05, true, 3],
    [0.5, true, 1],
    [0.9, false, 4]
  ])('drops a share of %d (each value by itself: %s) of %d channels', (rate, perChannel, c) => {
    const data = pixels({ rate, perChannel }, blank([201, 157, c], 9))
    expect(data.every(byte => byte === 0 || byte === 9)).toBe(true)
    const decisions = perChannel ? data.length : data.length / c
    const dropped = perChannel ? zeros(data) : zeros(data) / c
    expect(Math.abs(dropped - rate * decisions)).toBeLessThan(4 * Math.sqrt(rate * (1 - rate) * decisions))
  })

  test('a pixel goes with all its channels, unless each is decided by itself', () => {
    const image = blank([60, 70, 3], 9)
    const combinations = (data: Uint8Array): number[] => {
      const counts = new Array<number>(8).fill(0)
      for (let i = 0; i < data.length; i += 3) counts[(data[i]! && 1) + (data[i + 1]! && 2) + (data[i + 2]! && 4)]!++
      return counts
    }
    expect(combinations(pixels({}, image)).map(n => n > 0)).toEqual([1, 0, 0, 0, 0, 0, 0, 1].map(Boolean))
    const each = combinations(pixels({ perChannel: true, rate: 0.5 }, image))
    expect(chiSquareZ(each)).toBeLessThan(4)
  })

  test.each([false, true])('dropped places are spread evenly (each value by itself: %s)', perChannel => {
    const counts = new Array<number>(35).fill(0)
    for (let position = 0; position < 3000; position++) {
      const data = pixels({ perChannel, rate: 0.3 }, blank([7, 5, 3], 9), position)
      for (let i = 0; i < 35; i++) counts[i]! += Number(data[3 * i] === 0)
    }
    const expected = 3000 * 0.3
    const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / (expected * 0.7), 0)
    expect((chi - 35) / Math.sqrt(70)).toBeLessThan(4)
  })

  test('what stays is as it was; scaled, it is byte / keep as far as bytes reach', () => {
    const image = randomImage([40, 31, 3], 4)
    const plain = pixels({ rate: 0.4 }, image)
    const scaled = pixels({ rate: 0.4, scale: true }, image)
    const places = Array.from({ length: image.data.length / 3 }, (_, i) => i)
    const kept = places.filter(i => plain.subarray(3 * i, 3 * i + 3).some(byte => byte > 0))
    expect(kept.length).toBeGreaterThan(0.5 * 40 * 31)
    for (const i of kept) {
      for (const at of [3 * i, 3 * i + 1, 3 * i + 2]) {
        expect(plain[at]).toBe(image.data[at])
        expect(Math.abs(scaled[at]! - Math.min(255, image.data[at]! / 0.6))).toBeLessThanOrEqual(0.5)
      }
    }
  })

  test.each([[0], [100], ['noise' as const]])('scaled around a fill of %s, the expectation stays', fill => {
    const facts = { ...noFacts, mean: [100 / 255], std: [0.05] }
    const image = blank([1, 12, 1])
    image.data.set([0, 20, 50, 75, 90, 99, 100, 101, 110, 120, 127, 140])
    const range = image.data.map(byte => (fill === 0 || (byte >= 50 && byte <= 140) ? byte : 100))
    image.data.set(range)
    const sums = new Float64Array(12)
    const RUNS = 4000
    for (let position = 0; position < RUNS; position++) {
      const options = { ...pixel, rate: 0.3, scale: true, fill }
      const { data } = run(pixelDropoutStep, options, image, rngFor('scaled', position), facts)
      for (const [i, byte] of data.entries()) sums[i]! += byte
    }
    const center = fill === 0 ? 0 : 100
    for (const [i, byte] of image.data.entries()) {
      const spread = Math.sqrt(((byte - center) ** 2 * 0.3) / 0.7 + (fill === 'noise' ? 0.3 * 13 ** 2 : 0))
      expect(Math.abs(sums[i]! / RUNS - byte)).toBeLessThanOrEqual(0.5 + (4 * spread) / Math.sqrt(RUNS))
    }
  })

  test('another image gets another mask; the same parameters, as text, the same', () => {
    const image = blank([30, 30, 3], 9)
    expect(pixels({}, image, 1)).not.toEqual(pixels({}, image, 2))
    const params = pixelDropoutStep.draw(rngFor('pixels', 1), pixel, [30, 30, 3], noFacts, [])!
    expect(applied(pixelDropoutStep, image, JSON.parse(JSON.stringify(params))).data).toEqual(pixels({}, image, 1))
  })

  test('a rate of 1 drops everything; masks reach over their pieces without a seam', () => {
    expect(zeros(pixels({ rate: 1 }, blank([70, 61, 3], 9)))).toBe(70 * 61 * 3)
    const data = pixels({ rate: 0.5 }, blank([64, 96, 1], 9))
    const agree = data.reduce((sum, byte, i) => sum + Number(i >= 2048 && byte === data[i - 2048]), 0)
    const pairs = data.length - 2048
    expect(Math.abs(agree - pairs / 2)).toBeLessThan(4 * Math.sqrt(pairs / 4))
  })

  test('noise around the mean stands where pixels were', () => {
    const facts = { ...noFacts, mean: [0.5, 0.5, 0.2], std: [0.1, 0.1, 0.05] }
    const image = blank([90, 90, 3], 0)
    const { data } = run(pixelDropoutStep, { ...pixel, rate: 1, fill: 'noise' }, image, rngFor('noise'), facts)
    for (const [c, mean, std] of [
      [0, 127.5, 25.5],
      [1, 127.5, 25.5],
      [2, 51, 12.75]
    ] as const) {
      const found = moments(data.filter((_, i) => i % 3 === c))
      expect(Math.abs(found.mean - mean)).toBeLessThan((4 * std) / 90)
      expect(Math.abs(Math.sqrt(found.variance) / std - 1)).toBeLessThan(0.04)
    }
  })
})

describe('channelDropout', () => {
  const shape: Shape = [4, 5, 3]

  /** How often each set of channels was dropped, as a number of three bits. */
  function sets(changed: Partial<ChannelDropoutStepOptions>, runs = 4000): number[] {
    const counts = new Array<number>(8).fill(0)
    for (let position = 0; position < runs; position++) {
      const data = channels(changed, blank(shape, 9), position)
      let set = 0
      for (let c = 0; c < 3; c++) {
        const dropped = zeros(data.filter((_, i) => i % 3 === c))
        if (dropped > 0) set += 2 ** c
        if (dropped > 0 && dropped < 20) throw new Error('a part of a channel was dropped')
      }
      counts[set]!++
    }
    return counts
  }

  test('whole channels go, each by itself', () => {
    const expected = Array.from({ length: 8 }, (_, set) => {
      const dropped = (set & 1) + ((set >> 1) & 1) + (set >> 2)
      return 0.3 ** dropped * 0.7 ** (3 - dropped)
    })
    expect(chiSquareZ(sets({ rate: 0.3 }), expected)).toBeLessThan(4)
  })

  test('one stays where all would go, any of them', () => {
    const counts = sets({ rate: 1, keepOne: true })
    expect(counts.map(n => n > 0)).toEqual([0, 0, 0, 1, 0, 1, 1, 0].map(Boolean))
    expect(chiSquareZ([counts[3]!, counts[5]!, counts[6]!])).toBeLessThan(4)
    const share = sets({ rate: 0.5, keepOne: true }).reduce((sum, n, set) => sum + (set & 1) * n, 0) / 4000
    expect(Math.abs(share - (0.5 - 0.5 ** 3 / 3))).toBeLessThan(4 * Math.sqrt(0.25 / 4000))
    const grey = randomImage([4, 5, 1])
    for (let i = 0; i < 50; i++) expect(channels({ rate: 0.9, keepOne: true }, grey, i)).toEqual(grey.data)
  })

  test('a map is the fill, or byte / keep; the expectation stays', () => {
    const image = randomImage([6, 5, 3], 2)
    image.data.set(image.data.map(byte => byte >> 1))
    const sums = new Float64Array(image.data.length)
    const RUNS = 4000
    for (let position = 0; position < RUNS; position++) {
      const data = channels({ rate: 0.5, scale: true }, image, position)
      const stays = [0, 1, 2].map(c => data.some((byte, i) => i % 3 === c && byte > 0))
      expect(data.every((byte, i) => byte === (stays[i % 3] ? 2 * image.data[i]! : 0))).toBe(true)
      for (const [i, byte] of data.entries()) sums[i]! += byte
    }
    for (const [i, byte] of image.data.entries()) {
      expect(Math.abs(sums[i]! / RUNS - byte)).toBeLessThanOrEqual((4 * byte) / Math.sqrt(RUNS))
    }
  })

  test('a fill for each channel', () => {
    const image = blank([2, 2, 3], 9)
    const params = { dropped: [0, 2], keep: 1, fill: [50, 60, 70] }
    expect([...applied(channelDropoutStep, image, params).data.subarray(0, 6)]).toEqual([50, 9, 70, 50, 9, 70])
    expect(() => channels({ fill: [1, 2] }, image)).toThrow('channelDropout: the image has 3 channels')
  })
})
