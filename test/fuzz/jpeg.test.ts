/** Whatever the header of a JPEG says, it ends in an image of the size that it tells, or in an error. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { jpegHeader } from '#dist/codecs/jpegHeader.js'
import { loadTurbo } from '#dist/codecs/platform.js'
import { sharpCodec } from '#dist/codecs/sharp.js'
import { turboCodec } from '#dist/codecs/turbo.js'
import { fixture } from '../codecs/support.js'
import { damage, damaged, fuzz } from './support.js'

const turbo = loadTurbo()
const codecs = [sharpCodec, ...(turbo === undefined ? [] : [turboCodec(turbo.binding, turbo.version)])]
const images = [
  'rgb',
  'grey',
  'subsampled-progressive',
  'orientation-6',
  'cmyk-adobe',
  'restarts',
  '12-bit',
  'arithmetic'
].map(name => fixture(`${name}.jpg`))
/** Bytes with tables, frames and scans, which come before the pixels. */
const HEADER = 700

const jpegs = fc.oneof(
  { arbitrary: damaged(images), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(...images), damage(8))
      .map(([file, change]) => Buffer.concat([change(file.subarray(0, HEADER)), file.subarray(HEADER)])),
    weight: 2
  }
)

for (const codec of codecs) {
  fuzz(`a JPEG ends in the pixels that its header tells, or in an error, by ${codec.id}`, jpegs, async bytes => {
    const header = jpegHeader(bytes)
    if (header !== undefined) expect(header.orientation >= 1 && header.orientation <= 8).toBe(true)
    const file = await codec.open({ bytes })
    const { image } = await file.decode()
    expect(image.data.length).toBe(image.width * image.height * 3)
    if (file.size !== undefined) expect([image.width, image.height]).toEqual([file.size.width, file.size.height])
  })
}
