/** The header of a JPEG, and everything that is none. */
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { jpegHeader, uprightSize } from '#dist/codecs/jpegHeader.js'
import { fixture, fixtures } from './support.js'

const names = Object.keys(fixtures).filter(name => name.endsWith('.jpg'))

describe('the header of a JPEG', () => {
  it.each(names)('of %s is what sharp reads', async name => {
    const bytes = fixture(name)
    const found = jpegHeader(bytes)!
    const { width, height, channels, isProgressive, orientation, autoOrient } = await sharp(bytes).metadata()
    expect(found).toEqual({
      width,
      height,
      channels,
      precision: 8,
      frame: name === 'arithmetic.jpg' ? 0xc9 : isProgressive ? 0xc2 : 0xc0,
      orientation: orientation ?? 1
    })
    expect(uprightSize(found)).toEqual({ width: autoOrient.width, height: autoOrient.height })
  })

  it('is not found in one that is cut within it', () => {
    const bytes = fixture('orientation-6.jpg')
    const end = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0) + 10
    for (let length = 0; length < end; length++) expect(jpegHeader(bytes.subarray(0, length))).toBeUndefined()
  })

  it('is found or not, whatever the bytes are', () => {
    const files = names.map(name => fixture(name))
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 8 }),
        fc.nat(),
        (file, changes, length) => {
          const bytes = file.slice(0, length % file.length)
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
          const found = jpegHeader(bytes)
          if (found === undefined) return
          expect(Math.min(found.width, found.height, found.channels)).toBeGreaterThan(0)
          expect(found.orientation >= 1 && found.orientation <= 8).toBe(true)
        }
      ),
      { numRuns: 2000 }
    )
  })
})
