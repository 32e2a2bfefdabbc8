/** libjpeg-turbo within the thread, and what it leaves to sharp. */
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { loadTurbo, type TurboBinding } from '#dist/codecs/platform.js'
import { sharpCodec } from '#dist/codecs/sharp.js'
import { turboCodec } from '#dist/codecs/turbo.js'
import {
  decoderOf,
  fixture,
  fixtures,
  folder,
  maxDifference,
  meanDifference,
  messageOf,
  noPhotos,
  photoNames,
  photos
} from './support.js'

const turbo = loadTurbo()
const why = turbo === undefined ? ' (skipped: @julusian/jpeg-turbo cannot be loaded)' : ''

describe.skipIf(turbo === undefined)(`libjpeg-turbo${why}`, () => {
  let calls = 0
  const counting: TurboBinding = {
    FORMAT_RGB: turbo?.binding.FORMAT_RGB ?? 0,
    decompressSync: (...args) => {
      calls++
      return turbo!.binding.decompressSync(...args)
    }
  }
  const codec = turboCodec(counting, turbo?.version ?? '')
  const decode = decoderOf(codec)
  const bySharp = decoderOf(sharpCodec)

  /** Decodes, and tells whether the binding was asked. */
  async function decodedBy(bytes: Uint8Array): Promise<'turbo' | 'sharp'> {
    calls = 0
    await decode({ bytes })
    return calls > 0 ? 'turbo' : 'sharp'
  }

  it.each(Object.entries(fixtures))('reads %s as sharp does', async (name, { width, height, pixels }) => {
    const path = join(folder, name)
    const open = await codec.open({ path })
    if (open.size !== undefined) expect(open.size).toEqual({ width, height })
    const { image, region } = await open.decode()
    expect([image.width, image.height, image.channels, region]).toEqual([width, height, 3, undefined])
    const expected = await bySharp({ path })
    if (!name.endsWith('.jpg')) expect(image.data).toEqual(expected.data)
    expect(meanDifference(image, expected.data)).toBeLessThanOrEqual(2.5)
    expect(meanDifference(image, Buffer.from(pixels, 'base64'))).toBeLessThanOrEqual(2.5)
  })

  it('decodes what is upright, of 8 bits and grey or coloured, whatever its sampling and scans', async () => {
    for (const name of ['rgb.jpg', 'grey.jpg', 'subsampled-progressive.jpg', 'restarts.jpg', 'orientation-1.jpg']) {
      expect(await decodedBy(fixture(name)), name).toBe('turbo')
    }
    const { width, height, pixels } = fixtures['rgb.jpg']!
    const raw = { raw: { width, height, channels: 3 } } as const
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      for (const progressive of [false, true]) {
        const image = sharp(Buffer.from(pixels, 'base64'), raw).jpeg({ chromaSubsampling, progressive, quality: 80 })
        const bytes = await image.toBuffer()
        expect(await decodedBy(bytes)).toBe('turbo')
        expect(meanDifference(await decode({ bytes }), (await bySharp({ bytes })).data)).toBeLessThanOrEqual(2.5)
      }
    }
  })

  it('leaves what is turned, made of inks or coded arithmetically to sharp', async () => {
    for (const name of ['orientation-3.jpg', 'orientation-6.jpg', 'cmyk-adobe.jpg', 'arithmetic.jpg']) {
      expect(await decodedBy(fixture(name)), name).toBe('sharp')
    }
  })

  it('leaves it to sharp to say what is wrong', async () => {
    const whole = fixture('rgb.jpg')
    for (const share of [0.3, 0.5, 0.8]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * share))
      const message = await messageOf(decode({ bytes }))
      expect(message).toMatch(/^The JPEG image is truncated or damaged \(.+\)\.$/)
      expect(message).toBe(await messageOf(bySharp({ bytes })))
    }
  })

  it('gives what sharp gives of an image with an oddity that harms nothing', async () => {
    const bytes = withStrayBytes(fixture('rgb.jpg'))
    expect((await decode({ bytes })).data).toEqual((await bySharp({ bytes })).data)
    expect(maxDifference(await decode({ bytes }), (await bySharp({ bytes: fixture('rgb.jpg') })).data)).toBe(0)
  })

  it('leaves 12 bits to sharp, which says that it cannot read them either', async () => {
    const bytes = fixture('12-bit.jpg')
    calls = 0
    expect(await messageOf(decode({ bytes }))).toMatch(/precision 12/)
    expect(calls).toBe(0)
  })

  it('is known by its version and that of sharp', () => {
    expect(codec.id).toBe(`jpeg-turbo ${turbo!.version}, sharp ${sharp.versions.sharp}`)
  })

  it.skipIf(noPhotos !== '')(`reads real photos as sharp does${noPhotos}`, async () => {
    let most = 0
    for (const name of photoNames.filter((_, i) => i % 12 === 0)) {
      const path = join(photos, name)
      const image = await decode({ path })
      const { data } = await bySharp({ path })
      expect(meanDifference(image, data), name).toBeLessThanOrEqual(2.5)
      most = Math.max(most, maxDifference(image, data))
    }
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(32)
  })
})

/** Three bytes between two segments, where there should be none: decoders skip them and warn. */
function withStrayBytes(jpeg: Uint8Array): Uint8Array {
  const first = 4 + jpeg[4]! * 256 + jpeg[5]!
  return Uint8Array.from([...jpeg.subarray(0, first), 0, 0, 0, ...jpeg.subarray(first)])
}
