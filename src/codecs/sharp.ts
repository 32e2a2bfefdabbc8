/** The codec for every kind of image file: sharp, which is libvips. */
import type { Sharp, default as SharpFactory, SharpOptions } from 'sharp'
import { SourceError } from '../errors.js'
import type { Image } from '../kernels/step.js'
import { cmykToRgb } from './cmyk.js'
import type { Codec, EncodedImage, ImageSize } from './codec.js'
import { checkKind, decodeError, readError } from './decodeError.js'
import { HEAD_BYTES, type ImageKind, jpegChannels } from './imageKind.js'
import { readBytes, readHead, sharpVersion } from './platform.js'

/** 'error' is the least strict level at which a truncated TIFF is one; 'warning' refuses whole photos for oddities. */
const options: SharpOptions = { failOn: 'error', ignoreIcc: true, autoOrient: true, sequentialRead: true }

let loading: Promise<typeof SharpFactory> | undefined
let id: string | undefined

/** Decodes PNG, JPEG, WebP, AVIF, GIF and TIFF. */
export const sharpCodec: Codec = {
  get id() {
    return codecId()
  },
  decode,
  size
}

/**
 * Loads sharp, once. Within this process it then works on one thread an image and keeps no cache, because a data
 * loader brings threads of its own and meets each image once an epoch.
 */
export function loadSharp(): Promise<typeof SharpFactory> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.concurrency(1)
      sharp.cache(false)
      return sharp
    },
    error => {
      loading = undefined
      throw error
    }
  )
  return loading
}

/** Name and version of the codec, without loading it. A version of sharp brings its own version of libvips. */
export function codecId(): string {
  id ??= `sharp ${sharpVersion()}`
  return id
}

async function decode(source: EncodedImage): Promise<Image> {
  const bytes = 'path' in source ? await read(source.path, readBytes) : source.bytes
  const kind = checkKind(bytes)
  const image = (await loadSharp())(bytes, options)
  try {
    return (await isCmyk(image, bytes, kind)) ? await decodeCmyk(image) : await decodeRgb(image)
  } catch (cause) {
    throw decodeError(cause, kind)
  }
}

async function size(source: EncodedImage): Promise<ImageSize> {
  const head = 'path' in source ? await read(source.path, path => readHead(path, HEAD_BYTES)) : source.bytes
  const kind = checkKind(head)
  const input = 'path' in source ? source.path : source.bytes
  const sharp = await loadSharp()
  try {
    const { autoOrient } = await sharp(input, options).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  } catch (cause) {
    throw decodeError(cause, kind)
  }
}

async function decodeRgb(image: Sharp): Promise<Image> {
  return pixels(image.removeAlpha().toColourspace('srgb'), 3)
}

/** Takes the inks as they are, because libvips would convert them by a press's profile. */
async function decodeCmyk(image: Sharp): Promise<Image> {
  const inks = await pixels(image.pipelineColourspace('cmyk').toColourspace('cmyk'), 4)
  return { ...inks, data: cmykToRgb(inks.data), channels: 3 }
}

async function pixels(image: Sharp, channels: number): Promise<Image> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== channels) {
    throw new SourceError(`The image has ${info.channels} channels, which are neither grey, RGB nor CMYK.`)
  }
  const plain = new Uint8Array(data.buffer, data.byteOffset, data.byteLength) // not a Buffer, whose slice() is no copy
  return { data: plain, width: info.width, height: info.height, channels }
}

/** A JPEG's own header tells; asking libvips, as for TIFF, takes a fifth as long as decoding. */
async function isCmyk(image: Sharp, bytes: Uint8Array, kind: ImageKind): Promise<boolean> {
  if (kind === 'jpeg') return jpegChannels(bytes) === 4
  if (kind !== 'tiff') return false
  const { space, depth } = await image.metadata()
  if (depth === 'uchar' || depth === 'ushort') return space === 'cmyk'
  throw new SourceError(`The TIFF holds ${depth} samples, whose range is not known: convert them to 8 or 16 bits.`)
}

async function read(path: string, how: (path: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await how(path)
  } catch (cause) {
    throw readError(path, cause)
  }
}
