/** Whatever the header of a JPEG says, it ends in an image of a size that is allowed, or in an error. */
import { expect, test } from 'vitest'
import { jpegHeader } from '#dist/codecs/jpegHeader.js'
import { loadTurbo } from '#dist/codecs/platform.js'
import { sharpCodec } from '#dist/codecs/sharp.js'
import { turboCodec } from '#dist/codecs/turbo.js'
import { fixture } from '../codecs/support.js'
import { dice, expectFine, inputs, mutate, seed } from './mutate.js'

const turbo = loadTurbo()
const codecs = [sharpCodec, ...(turbo === undefined ? [] : [turboCodec(turbo.binding, turbo.version)])]
const corpus = [
  'rgb',
  'grey',
  'subsampled-progressive',
  'orientation-6',
  'cmyk-adobe',
  'restarts',
  '12-bit',
  'arithmetic'
].map(name => fixture(`${name}.jpg`))
/** Tables, frames and scans come before the pixels. */
const HEADER = 700
const MOST = 178_956_970

test(`${inputs} damaged headers of JPEG`, async () => {
  let images = 0
  let errors = 0
  for (let i = 0; i < inputs; i++) {
    const roll = dice(seed, i)
    const file = corpus[i % corpus.length]!
    const head = mutate(file.subarray(0, HEADER), roll)
    const bytes = new Uint8Array(Buffer.concat([head, file.subarray(HEADER)]))
    const header = jpegHeader(bytes)
    if (header !== undefined) expect(header.orientation >= 1 && header.orientation <= 8).toBe(true)
    for (const codec of codecs) {
      try {
        const { image } = await (await codec.open({ bytes })).decode()
        expect(image.width * image.height).toBeLessThanOrEqual(MOST)
        expect(image.data.length).toBe(image.width * image.height * 3)
        images++
      } catch (error) {
        errors++
        expectFine(error, '', i)
      }
    }
  }
  expect(images).toBeGreaterThan(inputs / 10)
  expect(errors).toBeGreaterThan(inputs / 10)
}, 3_600_000)
