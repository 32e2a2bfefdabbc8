/** Shrinking large photos while they are decoded: when, and what it changes. */
import { batch, indexed, randomResizedCrop, resize } from 'millrace'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { movedTo, shrinkOf } from '#dist/codecs/shrink.js'
import { run } from '../engine/support.js'
import { photoNames, photos } from './support.js'

describe('how far', () => {
  const size = { width: 4000, height: 3000 }
  const of = (times: number, share = 1) => {
    const region = { left: 0, top: 0, width: size.width * share, height: size.height }
    return shrinkOf(size, { region, width: region.width / times, height: region.height / times })
  }

  it('is where it is faster, and leaves enough for the last scaling', () => {
    expect([1, 2, 4, 5.5].map(times => of(times))).toEqual([1, 1, 1, 1])
    expect([5.7, 8, 11].map(times => of(times))).toEqual([4, 4, 4])
    expect([11.3, 40].map(times => of(times))).toEqual([8, 8])
  })

  it('depends on the share of the image that is wanted: decoding all of it must pay', () => {
    expect([of(8, 0.51), of(8, 0.49), of(12, 0.1)]).toEqual([4, 1, 8])
  })

  it('is none for an image of unknown size, or one that is wanted as it is', () => {
    expect(shrinkOf(undefined, { region: { left: 0, top: 0, ...size }, width: 10, height: 10 })).toBe(1)
    expect(shrinkOf(size, undefined)).toBe(1)
  })

  it('moves the part along', () => {
    const part = { left: 400, top: 300, width: 2000, height: 600 }
    expect(movedTo(part, size, { width: 500, height: 375 })).toEqual({ left: 50, top: 37.5, width: 250, height: 75 })
  })
})

/** A photo of 12 megapixels: real ones side by side where there are any, else circles and stripes. */
async function largePhoto(): Promise<Uint8Array> {
  const canvas = sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#808080' } })
  const tiles = photoNames.slice(0, 80).map(async (name, i) => ({
    input: await sharp(`${photos}/${name}`).resize(400, 375, { fit: 'fill' }).png().toBuffer(),
    left: 400 * (i % 10),
    top: 375 * Math.floor(i / 10)
  }))
  const drawn = `<svg width="4000" height="3000">${Array.from({ length: 300 }, (_, i) => {
    const [x, y] = [(i * 997) % 4000, (i * 641) % 3000]
    return `<circle cx="${x}" cy="${y}" r="${20 + ((i * 37) % 200)}" fill="hsl(${i * 47},60%,${20 + (i % 7) * 10}%)"/>`
  }).join('')}</svg>`
  const layers = tiles.length > 0 ? await Promise.all(tiles) : [{ input: Buffer.from(drawn) }]
  return canvas.composite(layers).jpeg({ quality: 92 }).toBuffer()
}

const photo = largePhoto()

async function pixels(step: ReturnType<typeof resize>): Promise<Uint8Array> {
  const image = await photo
  const source = indexed({ size: 2, at: () => ({ image, label: 0 }), classes: 1, seed: 3 })
  const [made] = await run(source.pipe(step, batch(2)), { workers: 1 })
  return made!.images as Uint8Array
}

function differences(a: Uint8Array, b: Uint8Array): { mean: number; max: number } {
  expect(a.length).toBe(b.length)
  const each = a.map((value, i) => Math.abs(value - b[i]!))
  return { mean: each.reduce((sum, value) => sum + value, 0) / a.length, max: each.reduce((a, b) => Math.max(a, b), 0) }
}

describe('a photo of 12 megapixels', () => {
  it.each([
    ['by 8', [150, 200] as const],
    ['by 4', [400, 500] as const]
  ])('shrunk %s differs little from the exact way', async (_, size) => {
    const exact = await pixels(resize(size, { exact: true }))
    const { mean, max } = differences(await pixels(resize(size)), exact)
    expect(mean).toBeGreaterThan(0)
    expect(mean).toBeLessThanOrEqual(2.5)
    expect(max).toBeLessThanOrEqual(32)
  })

  it('is cropped in the same place', async () => {
    const options = { scale: [0.6, 0.9] as const }
    const exact = await pixels(randomResizedCrop(128, { ...options, exact: true }))
    const { mean } = differences(await pixels(randomResizedCrop(128, options)), exact)
    expect(mean).toBeGreaterThan(0)
    expect(mean).toBeLessThanOrEqual(2.5)
  })

  it('is decoded in full where it ends no smaller than a quarter', async () => {
    const size = [750, 1000] as const
    expect(differences(await pixels(resize(size)), await pixels(resize(size, { exact: true }))).max).toBe(0)
  })
})
