/** Image files, what they hold, and how codecs are asked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SourceError } from 'millrace'
import { expect } from 'vitest'
import type { Codec, EncodedImage, Wanted } from '#dist/codecs/codec.js'
import type { Image } from '#dist/kernels/step.js'

export const folder = 'test/fixtures/codecs'

/** Every kind of file, with the pixels that Pillow finds in it. */
export const { images: fixtures } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  images: Record<string, { width: number; height: number; lossy: boolean; pixels: string }>
}

export const photos = '../shared/data/imagenet-sample'
/** Empty where they are not there. */
export const photoNames = existsSync(photos) ? readdirSync(photos).filter(name => name.endsWith('.JPEG')) : []

/** For names of tests that need them. */
export const noPhotos = photoNames.length === 0 ? ` (skipped: there is no ${photos})` : ''

export function fixture(name: string): Uint8Array {
  return readFileSync(join(folder, name))
}

export function decoderOf(codec: Codec): (source: EncodedImage, wanted?: Wanted) => Promise<Image> {
  return async (source, wanted) => (await (await codec.open(source)).decode(wanted)).image
}

export function maxDifference(image: Image, expected: Uint8Array): number {
  expect(image.data.length).toBe(expected.length)
  return image.data.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0)
}

export function meanDifference(image: Image, expected: Uint8Array): number {
  expect(image.data.length).toBe(expected.length)
  return image.data.reduce((sum, value, i) => sum + Math.abs(value - expected[i]!), 0) / expected.length
}

export async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('it was decoded'),
    (error: Error) => error
  )
  expect(error).toBeInstanceOf(SourceError)
  expect((error as SourceError).key).toBeUndefined()
  return error.message
}
