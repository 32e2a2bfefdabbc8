import fc from 'fast-check'
import sharp from 'sharp'
import { expect } from 'vitest'
import { currentCodec } from '#dist/codecs/current.js'
import { jpegHeader } from '#dist/codecs/jpegHeader.js'
import { damaged, fuzz } from './support.js'

const raw = { width: 20, height: 12, channels: 3 as const }
const image = sharp(
  Uint8Array.from({ length: 720 }, (_, i) => (i * 37) % 251),
  { raw }
)
const images = await Promise.all([
  image.clone().jpeg({ quality: 80 }).toBuffer(),
  image.clone().jpeg({ progressive: true }).toBuffer(),
  image.clone().greyscale().jpeg().toBuffer(),
  image.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()
])
/** A header may claim this much here; what it may claim at most is a matter of the codec's limit. */
const MOST_PIXELS = 1_000_000

/** Damage of the headers, which are a small part of the file, and of all of it. */
const heads = images.map(bytes => bytes.subarray(0, Math.min(bytes.length, 220)))
const jpegs = fc.oneof(
  damaged(images),
  fc
    .tuple(damaged(heads), fc.constantFrom(...images))
    .map(([head, whole]) => Buffer.concat([head, whole.subarray(220)]))
)
fuzz('a JPEG ends in the pixels that its header tells, or in an error', jpegs, async bytes => {
  const header = jpegHeader(bytes)
  if (header !== undefined) {
    expect(header.width * header.height * header.channels).toBeGreaterThan(0)
    if (header.width * header.height > MOST_PIXELS) return
  }
  const file = await currentCodec().open({ bytes })
  if (file.size !== undefined && file.size.width * file.size.height > MOST_PIXELS) return
  const { image } = await file.decode()
  expect(image.data.length).toBe(image.width * image.height * 3)
  if (file.size !== undefined) expect([image.width, image.height]).toEqual([file.size.width, file.size.height])
})
