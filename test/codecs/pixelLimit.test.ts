/** Headers that lie: images are refused before memory is taken for what they claim. */
import { execFileSync } from 'node:child_process'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { loadTurbo } from '#dist/codecs/platform.js'
import { imageSize, sharpCodec } from '#dist/codecs/sharp.js'
import { turboCodec } from '#dist/codecs/turbo.js'
import { lies } from './lies.js'
import { decoderOf, fixture, fixtures, messageOf } from './support.js'

const turbo = loadTurbo()
const codecs = [sharpCodec, ...(turbo === undefined ? [] : [turboCodec(turbo.binding, turbo.version)])]

describe.each(codecs.map(codec => [codec.id, codec] as const))('%s', (_, codec) => {
  const decode = decoderOf(codec)

  it.each(Object.keys(lies))('%s that claims to be enormous', async name => {
    const bytes = lies[name]!(...enormous(name))
    const before = process.resourceUsage().maxRSS
    const message = 'The image is too large to be decoded: it claims more than 178,956,970 pixels.'
    expect(await messageOf(decode({ bytes }))).toContain(message)
    expect(await messageOf(imageSize({ bytes }))).toContain(message)
    // An image of that size would take 800 MB at least.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000)
  })

  // Arithmetic coding has no least number of bits, and the data of a GIF may end early: those are whole images.
  it.each(Object.keys(lies).filter(name => !/arithmetic|gif/.test(name)))(
    '%s that claims what is allowed',
    async name => {
      const bytes = lies[name]!(13_000, 13_000)
      const message = /jpg/.test(name)
        ? /\(\d+ bytes cannot hold 13000 × 13000 pixels\)\.$/
        : /truncated or damaged \(.+\)\.$/
      expect(await messageOf(decode({ bytes }))).toMatch(message)
    }
  )
})

/** Of any kind as large as its header can say, or larger than memory. */
function enormous(name: string): [width: number, height: number] {
  return /webp/.test(name) ? [16_383, 16_383] : [60_000, 60_000]
}

describe('the limit', () => {
  const run = (limit: string, bytes: Uint8Array) => {
    const script = `
      import { currentCodec } from '#dist/codecs/current.js'
      const bytes = Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64')
      const image = await currentCodec().open({ bytes }).then(file => file.decode()).catch(error => error)
      process.stdout.write(image.message ?? 'decoded')
    `
    const env = { ...process.env, MILLRACE_MAX_PIXELS: limit }
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env })
  }

  it('is what the environment says', () => {
    for (const name of ['rgb.jpg', 'rgb.png', 'orientation-6.jpg', 'lossy.webp', 'rgb.avif']) {
      const { width, height } = fixtures[name]!
      expect(run(String(width * height), fixture(name))).toBe('decoded')
      expect(run(String(width * height - 1), fixture(name))).toMatch(
        /claims more than [\d,]+ pixels. If that is meant, set/
      )
    }
  })

  it('must be a number that can be', () => {
    for (const limit of ['many', '0', '1.5', '268402690']) {
      expect(run(limit, fixture('rgb.png'))).toBe(
        `MILLRACE_MAX_PIXELS must be a whole number from 1 to 268402689, but is "${limit}".`
      )
    }
  })

  it('leaves real images that are all of one colour', async () => {
    const create = { width: 4000, height: 3000, channels: 3, background: '#808080' } as const
    for (const options of [{ quality: 1 }, { quality: 1, progressive: true, optimiseScans: true, mozjpeg: true }]) {
      const bytes = await sharp({ create }).jpeg(options).toBuffer()
      for (const codec of codecs) expect((await decoderOf(codec)({ bytes })).width).toBe(4000)
    }
  })
})
