import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageSize, sharpCodec } from '#dist/codecs/sharp.js'
import {
  decoderOf,
  fixture,
  fixtures,
  folder,
  maxDifference,
  messageOf,
  noPhotos,
  photoNames,
  photos
} from './support.js'

const decode = decoderOf(sharpCodec)

describe('every kind of file, as Pillow decodes it', () => {
  it.each(Object.entries(fixtures))('%s', async (name, { width, height, lossy, pixels }) => {
    const path = join(folder, name)
    const image = await decode({ path })
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3])
    // AVIF: YCbCr becomes RGB in floating point here and in integers there. The other decoders agree to the bit, but
    // JPEG and lossy WebP leave them the last level (another inverse DCT, another filter), so that is allowed too.
    expect(maxDifference(image, Buffer.from(pixels, 'base64'))).toBeLessThanOrEqual(lossy ? 2 : 0)

    expect(await imageSize({ path })).toEqual({ width, height })
    const bytes = fixture(name)
    expect(await imageSize({ bytes })).toEqual({ width, height })
    expect((await decode({ bytes })).data).toEqual(image.data)
  })
})

describe('what comes out', () => {
  it('is a plain array of its own, also from shared memory and from within a larger buffer', async () => {
    const bytes = fixture('rgb.png')
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 10), 7, bytes.length)
    shared.set(bytes)
    const image = await decode({ bytes: shared })
    expect(Object.getPrototypeOf(image.data)).toBe(Uint8Array.prototype)
    expect(maxDifference(image, Buffer.from(fixtures['rgb.png']!.pixels, 'base64'))).toBe(0)
  })

  it('takes no notice of a colour profile', async () => {
    const pixels = { width: 4, height: 4, channels: 3, background: '#c04020' } as const
    const tagged = await sharp({ create: pixels }).withIccProfile('p3').png().toBuffer()
    const { data } = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 3)]).not.toEqual([0xc0, 0x40, 0x20]) // the file does hold other numbers
    expect((await decode({ bytes: tagged })).data).toEqual(new Uint8Array(data))
  })

  it('is what the channels hold where they are transparent', async () => {
    const data = new Uint8Array([10, 20, 30, 0, 40, 50, 60, 128])
    const bytes = await sharp(data, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer()
    expect([...(await decode({ bytes })).data]).toEqual([10, 20, 30, 40, 50, 60])
  })

  it('is known by a name and a version, without loading sharp', () => {
    const script = `
      import 'millrace'
      import { currentCodec } from '#dist/codecs/current.js'
            console.log(currentCodec().id, process.report.getReport().sharedObjects.some(name => /sharp|vips/.test(name)))`
    const env = { ...process.env, MILLRACE_CODEC: 'sharp' }
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env })
    expect(output.trim()).toBe(`sharp ${sharp.versions.sharp} false`)
  })
})

describe('faults', () => {
  let temporary: string

  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'millrace-codec-'))
  })

  afterAll(() => rm(temporary, { recursive: true }))

  it.each(Object.keys(fixtures))('refuses half of %s', async name => {
    const bytes = fixture(name)
    // Of several pages or frames half may well hold the first.
    const half = bytes.subarray(0, Math.floor(bytes.length * (/animated|pages/.test(name) ? 0.25 : 0.5)))
    expect(await messageOf(decode({ bytes: half }))).toMatch(/image is truncated or damaged \(.+\)\.$/)
  })

  it('refuses a PNG with one wrong byte', async () => {
    const bytes = new Uint8Array(fixture('rgb.png'))
    bytes[bytes.length >> 1]! ^= 1
    expect(await messageOf(decode({ bytes }))).toMatch(/^The PNG image is truncated or damaged/)
  })

  it('says what a file is that cannot be read', async () => {
    const empty = join(temporary, 'empty.png')
    const text = join(temporary, 'text.png')
    await writeFile(empty, '')
    await writeFile(text, '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')
    for (const method of [decode, imageSize]) {
      expect(await messageOf(method({ path: empty }))).toBe('The file is empty (0 bytes).')
      expect(await messageOf(method({ path: text }))).toMatch(/no PNG, JPEG, .* starts with 3c 73 76 67/)
      expect(await messageOf(method({ path: join(temporary, 'none.png') }))).toMatch(/none\.png does not exist\.$/)
      expect(await messageOf(method({ path: temporary }))).toMatch(/ is a folder\.$/)
    }
  })

  it('refuses samples without a known range', async () => {
    expect(await messageOf(decode({ path: join(folder, 'float.tiff') }))).toMatch(/holds float samples/)
  })
})

describe.skipIf(photoNames.length === 0)(`real photos${noPhotos}`, () => {
  it('decode to the size that their headers say', async () => {
    const step = Math.floor(photoNames.length / 12)
    for (const name of photoNames.filter((_, i) => i % step === 0)) {
      const path = join(photos, name)
      const { data, width, height, channels } = await decode({ path })
      expect(await imageSize({ path }), name).toEqual({ width, height })
      expect(data.length, name).toBe(width * height * channels)
      expect(new Set(data).size, name).toBeGreaterThan(100) // levels: not one grey area
    }
  })
})
