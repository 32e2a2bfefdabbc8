/** The native addon: the same pixels as others, only those that are needed, and no others touched. */
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Decoded, EncodedImage, Wanted } from '#dist/codecs/codec.js'
import { nativeCodec } from '#dist/codecs/native.js'
import { loadNative, loadTurbo, type NativeBinding } from '#dist/codecs/platform.js'
import { sharpCodec } from '#dist/codecs/sharp.js'
import { turboCodec } from '#dist/codecs/turbo.js'
import type { Image, Part } from '#dist/kernels/step.js'
import { Rng, rngKey } from '#dist/random/rng.js'
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

const addon = loadNative()
const turbo = loadTurbo()
const why = addon === undefined ? ' (skipped: it is not built; npm run build:native)' : ''

/** Every sampling, grey, progressive and with restarts: 131 × 97 pixels, which are no whole blocks. */
const parts = ['1x1', '2x1', '2x2', '1x2', '4x1', 'grey', 'progressive', 'restarts'].map(kind => `part-${kind}.jpg`)

describe.skipIf(addon === undefined)(`the native codec${why}`, () => {
  let calls = 0
  const counting: NativeBinding = {
    version: () => addon?.version() ?? 'none',
    decode: (...args) => {
      const first = addon!.decode(...args)
      if (first >= 0) calls++
      return first
    }
  }
  const codec = nativeCodec(counting)
  const decode = decoderOf(codec)
  const bySharp = decoderOf(sharpCodec)
  const byTurbo = turbo && decoderOf(turboCodec(turbo.binding, turbo.version))

  async function open(source: EncodedImage, wanted?: Wanted): Promise<Decoded> {
    const { image, region } = await (await codec.open(source)).decode(wanted)
    return { image: { ...image, data: image.data.slice() }, region }
  }

  /** Decodes, and tells whether the addon did. */
  async function decodedBy(bytes: Uint8Array): Promise<'native' | 'sharp'> {
    calls = 0
    await decode({ bytes })
    return calls > 0 ? 'native' : 'sharp'
  }

  /** Holds an image against the other codecs. */
  async function agrees(source: EncodedImage, name: string): Promise<void> {
    const image = (await open(source)).image
    const sharps = (await bySharp(source)).data
    expect(maxDifference(image, sharps), name).toBeLessThanOrEqual(2)
    expect(meanDifference(image, sharps), name).toBeLessThanOrEqual(0.5)
    if (byTurbo === undefined) return
    const turbos = (await byTurbo(source)).data
    expect(maxDifference(image, turbos), name).toBeLessThanOrEqual(32)
    expect(meanDifference(image, turbos), name).toBeLessThanOrEqual(2.5)
  }

  /** Holds random parts of an image against the whole, byte by byte. */
  async function checkParts(source: EncodedImage, count: number, seed: number): Promise<void> {
    const { image } = await open(source)
    const rng = new Rng().reset(rngKey(seed, 'parts', '', 0), 0, 0)
    for (let i = 0; i < count; i++) {
      const region = randomPart(rng, image)
      const part = await open(source, unscaled(region))
      const at = JSON.stringify(region)
      expect(pixelsOf(part.image, part.region ?? region).equals(pixelsOf(image, region)), at).toBe(true)
      expect(part.image.data.length, at).toBe(3 * part.image.width * part.image.height)
      if (part.region !== undefined) expect(part.image.width).toBeLessThanOrEqual(region.width + 36)
    }
  }

  it.each(Object.entries(fixtures))('reads %s as sharp does', async (name, { width, height }) => {
    const path = join(folder, name)
    const file = await codec.open({ path })
    if (file.size !== undefined) expect(file.size).toEqual({ width, height })
    const { image, region } = await file.decode()
    expect([image.width, image.height, image.channels, region]).toEqual([width, height, 3, undefined])
    if (name.endsWith('.jpg')) await agrees({ path }, name)
    else expect(image.data).toEqual((await bySharp({ path })).data)
  })

  it.each(parts)('reads %s as others do, and any part of it as of the whole', async name => {
    const bytes = fixture(name)
    expect(await decodedBy(bytes)).toBe('native')
    await agrees({ bytes }, name)
    await checkParts({ bytes }, 125, parts.indexOf(name))
  })

  it('reads each border and each corner', async () => {
    for (const name of parts) {
      const bytes = fixture(name)
      const { image } = await open({ bytes })
      for (const left of [0, 1, 15, 16, 17, 18, 129, 130]) {
        for (const top of [0, 1, 15, 16, 17, 95, 96]) {
          for (const region of [
            { left, top, width: 1, height: 1 },
            { left, top, width: 131 - left, height: 97 - top }
          ]) {
            const part = await open({ bytes }, unscaled(region))
            expect(pixelsOf(part.image, part.region ?? region).equals(pixelsOf(image, region))).toBe(true)
          }
        }
      }
    }
  })

  it('decodes no more than a part needs', async () => {
    const region = { left: 40, top: 30, width: 50, height: 20 }
    const { image, region: moved } = await open({ bytes: fixture('part-2x2.jpg') }, unscaled(region))
    expect([image.width, image.height]).toEqual([60, 20]) // from column 32, where a block begins, to 2 beyond the part
    expect(moved).toEqual({ left: 8, top: 0, width: 50, height: 20 })
  })

  it('gives the pixels that parts with fractions touch', async () => {
    const region = { left: 40.5, top: 30.25, width: 50, height: 20 }
    const { image, region: moved } = await open({ bytes: fixture('part-1x1.jpg') }, unscaled(region))
    expect(moved).toEqual({ left: 8.5, top: 0.25, width: 50, height: 20 })
    expect(image.height).toBe(21)
  })

  it('shrinks large photos to the means of their blocks, and then decodes the part alone', async () => {
    const waves = Uint8Array.from({ length: 1501 * 999 * 3 }, (_, i) => {
      const [x, y, channel] = [Math.floor(i / 3) % 1501, Math.floor(i / 4503), i % 3]
      return 128 + 90 * Math.sin(x / (31 + channel) + y / 47) + (x % 97 < 40 && y % 61 < 30 ? 30 : 0)
    })
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      const image = sharp(waves, { raw: { width: 1501, height: 999, channels: 3 } })
      const bytes = await image.jpeg({ chromaSubsampling, quality: 90 }).toBuffer()
      const full = (await open({ bytes })).image
      for (const [shrink, part] of [
        [4, { left: 0, top: 0, width: 1501, height: 999 }],
        [4, { left: 100, top: 20, width: 1300, height: 900 }],
        [8, { left: 0, top: 0, width: 1501, height: 999 }],
        [8, { left: 808, top: 328, width: 352, height: 376 }]
      ] as const) {
        const [width, height] = [part.width, part.height].map(size => Math.floor(size / shrink / 1.5))
        calls = 0
        const { image, region } = await open({ bytes }, { region: part, width: width!, height: height! })
        expect(calls).toBe(1)
        expect(image.width * image.height).toBeLessThan((1.3 * part.width * part.height) / shrink ** 2)
        const [x, y] = [Math.floor(part.left / shrink), Math.floor(part.top / shrink)]
        const [left, top] = [Math.floor(region!.left), Math.floor(region!.top)]
        const [columns, lines] = [Math.floor(part.width / shrink) - 1, Math.floor(part.height / shrink) - 1]
        const means = meansOf(full, shrink, { left: x, top: y, width: columns, height: lines })
        const shrunk = pixelsOf(image, { left, top, width: columns, height: lines })
        const data = { data: shrunk, width: columns, height: lines, channels: 3 }
        expect(meanDifference(data, means), `${chromaSubsampling} 1/${shrink}`).toBeLessThanOrEqual(1.5)
      }
    }
  })

  it('leaves what is turned, made of inks, of 12 bits or coded arithmetically to sharp', async () => {
    for (const name of ['orientation-3.jpg', 'orientation-6.jpg', 'cmyk-adobe.jpg', 'arithmetic.jpg']) {
      expect(await decodedBy(fixture(name)), name).toBe('sharp')
    }
    expect(await messageOf(decode({ bytes: fixture('12-bit.jpg') }))).toMatch(/precision 12/)
  })

  it('leaves it to sharp to say what is wrong, also where the part that is wanted would still be there', async () => {
    const top = unscaled({ left: 0, top: 0, width: 131, height: 8 })
    for (const name of ['part-2x2.jpg', 'part-restarts.jpg', 'part-progressive.jpg']) {
      const whole = fixture(name)
      for (const share of [0.3, 0.5, 0.8, 0.99]) {
        const bytes = whole.subarray(0, Math.floor(whole.length * share))
        const message = await messageOf(decode({ bytes }, top))
        expect(message).toMatch(/^The JPEG image is truncated or damaged \(.+\)\.$/)
        expect(message).toBe(await messageOf(bySharp({ bytes })))
      }
    }
  })

  it('does not look at what lies below a part', async () => {
    const bytes = fixture('part-2x2.jpg').slice()
    const top = unscaled({ left: 20, top: 0, width: 80, height: 30 })
    const before = await open({ bytes }, top)
    bytes.fill(0, bytes.length - 40, bytes.length - 2)
    expect(await open({ bytes }, top)).toEqual(before)
    expect((await open({ bytes })).image.data).not.toEqual((await open({ bytes: fixture('part-2x2.jpg') })).image.data)
  })

  it('decodes bytes behind the image as if they were not there', async () => {
    const bytes = fixture('part-2x2.jpg')
    const longer = Uint8Array.from([...bytes, 0, 0, 0])
    const part = unscaled({ left: 20, top: 10, width: 30, height: 30 })
    const { image, region } = await open({ bytes: longer }, part)
    expect(pixelsOf(image, region ?? part.region)).toEqual(pixelsOf((await open({ bytes })).image, part.region))
  })

  it('knows nothing of the image before', async () => {
    const bytes = fixture('rgb.jpg')
    const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xdb)
    const less = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 69)]) // a table of 64 numbers
    expect([bytes[at + 2], bytes[at + 3], bytes[at + 69]]).toEqual([0, 67, 0xff])
    await decode({ bytes })
    expect(await messageOf(decode({ bytes: less }))).toBe(await messageOf(bySharp({ bytes: less })))
  })

  it('writes nothing outside its room, and refuses what cannot be', () => {
    const bytes = Buffer.from(fixture('part-2x2.jpg'))
    const ask = (left: number, top: number, columns: number, lines: number, out: Uint8Array): number =>
      addon!.decode(bytes, 131, 97, 1, left, top, columns, lines, out)
    const memory = Buffer.alloc(100_000, 77)
    const room = memory.subarray(1000, 1000 + 3 * 60 * 20)
    expect(ask(40, 30, 50, 20, room)).toBe(32)
    expect(memory.subarray(0, 1000).every(byte => byte === 77)).toBe(true)
    expect(memory.subarray(1000 + room.length).every(byte => byte === 77)).toBe(true)
    expect(() => ask(40, 30, 50, 20, room.subarray(1))).toThrow('there is not enough room')
    for (const part of [
      [131, 0, 1, 1],
      [0, 97, 1, 1],
      [-1, 0, 1, 1],
      [0, 0, 132, 1],
      [0, 0, 0, 1],
      [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31]
    ]) {
      const [left, top, columns, lines] = part
      expect(() => ask(left!, top!, columns!, lines!, memory)).toThrow('the part must lie in the image')
    }
    expect(() => addon!.decode(bytes, 131, 97, 3, 0, 0, 1, 1, memory)).toThrow('shrink must be 1, 2, 4 or 8')
    expect(() => addon!.decode(bytes, 131, 97, 1, 0, 0, 1, 1, bytes)).toThrow('share memory')
    expect(() => ask(Number.NaN, 0, 1, 1, [] as never)).toThrow()
    expect(addon!.decode(bytes, 132, 97, 1, 0, 0, 1, 1, memory)).toBe(-1) // it is not so large
  })

  it('is known by its version, that of its library, and that of sharp', () => {
    expect(codec.id).toMatch(/^native \d+\.\d+\.\d+ \(libjpeg-turbo 3\.\d+\.\d+\), sharp \d/)
  })

  it.skipIf(noPhotos !== '')(`reads real photos as others do${noPhotos}`, { timeout: 900_000 }, async () => {
    for (const [i, name] of photoNames.filter((_, i) => i % STRIDE === 0).entries()) {
      const path = join(photos, name)
      calls = 0
      await agrees({ path }, name)
      if (calls > 0) await checkParts({ path }, 2, i)
    }
  })
})

/** Of how many photos one is tried: all of them with MILLRACE_ALL_PHOTOS=1. */
const STRIDE = process.env.MILLRACE_ALL_PHOTOS === '1' ? 1 : 24

/** Asks for a part at its full size. */
function unscaled(region: Part): Wanted {
  return { region, width: Math.ceil(region.width), height: Math.ceil(region.height) }
}

function randomPart(rng: Rng, { width, height }: Image): Part {
  const [w, h] = [1 + rng.int(width), 1 + rng.int(height)]
  return { left: rng.int(width - w + 1), top: rng.int(height - h + 1), width: w, height: h }
}

/** The bytes of the pixels that a part touches. */
function pixelsOf({ data, width }: Image, part: Part): Buffer {
  const [left, top] = [Math.floor(part.left), Math.floor(part.top)]
  const [right, bottom] = [Math.ceil(part.left + part.width), Math.ceil(part.top + part.height)]
  const lines = Array.from({ length: bottom - top }, (_, y) => {
    const line = (top + y) * width
    return data.subarray(3 * (line + left), 3 * (line + right))
  })
  return Buffer.concat(lines)
}

/** The means of blocks of `size` × `size` pixels; the part is counted in blocks. */
function meansOf({ data, width: line }: Image, size: number, { left, top, width, height }: Part): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [left + (Math.floor(i / 3) % width), top + Math.floor(i / 3 / width)]
    let sum = 0
    for (let v = 0; v < size; v++) {
      for (let u = 0; u < size; u++) sum += data[3 * ((y * size + v) * line + x * size + u) + (i % 3)]!
    }
    return Math.round(sum / size ** 2)
  })
}
