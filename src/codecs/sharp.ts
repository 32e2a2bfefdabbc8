/** The codec for every kind of image file: sharp, which is libvips. */
import type { Sharp, default as SharpFactory, SharpOptions } from 'sharp'
import { SourceError } from '../errors.js'
import type { Image } from '../kernels/step.js'
import { cmykToRgb } from './cmyk.js'
import type { Codec, Decoded, EncodedImage, ImageSize, OpenImage, Wanted } from './codec.js'
import { checkKind, decodeError, readError } from './decodeError.js'
import { HEAD_BYTES, type ImageKind } from './imageKind.js'
import { type JpegHeader, jpegHeader, uprightSize } from './jpegHeader.js'
import { checkJpegSize, maxPixels } from './pixelLimit.js'
import { readBytes, readHead, readRange, sharpVersion } from './platform.js'
import { movedTo, shrinkOf } from './shrink.js'

/** 'error' is the least strict level at which a truncated TIFF is one; 'warning' refuses whole photos for oddities. */
export function sharpOptions(): SharpOptions {
  return { failOn: 'error', ignoreIcc: true, autoOrient: true, sequentialRead: true, limitInputPixels: maxPixels() }
}

let loading: Promise<typeof SharpFactory> | undefined
let id: string | undefined

/** Decodes PNG, JPEG, WebP, AVIF, GIF and TIFF. */
export const sharpCodec: Codec = {
  get id() {
    id ??= `sharp ${sharpVersion()}` // which brings its own version of libvips
    return id
  },

  async open(source) {
    const { bytes, kind } = readImage(source)
    const header = kind === 'jpeg' ? jpegHeader(bytes) : undefined
    if (header !== undefined) checkJpegSize(header, bytes.length)
    return new SharpImage(bytes, kind, header)
  }
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

/** The bytes of an image, and what kind of file they are. */
export function readImage(source: EncodedImage): { readonly bytes: Uint8Array; readonly kind: ImageKind } {
  try {
    const bytes = bytesOf(source)
    return { bytes, kind: checkKind(bytes) }
  } catch (cause) {
    throw 'path' in source && !(cause instanceof SourceError) ? readError(source.path, cause) : cause
  }
}

function bytesOf(source: EncodedImage): Uint8Array {
  if ('bytes' in source) return source.bytes
  const { path, range } = source
  return range === undefined ? readBytes(path) : readRange(path, range.offset, range.length)
}

/**
 * Reads the header of an image alone.
 *
 * @throws SourceError
 */
export async function imageSize(source: EncodedImage): Promise<ImageSize> {
  const isWhole = 'path' in source && source.range === undefined
  const head = isWhole ? await readStart(source.path) : readImage(source).bytes.slice()
  const kind = checkKind(head)
  const sharp = await loadSharp()
  try {
    const { autoOrient } = await sharp(isWhole ? source.path : head, sharpOptions()).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  } catch (cause) {
    throw decodeError(cause, kind)
  }
}

/** An image that sharp will decode; the header of a JPEG saves asking libvips for it. */
export class SharpImage implements OpenImage {
  readonly size: ImageSize | undefined
  readonly #bytes: Uint8Array
  readonly #kind: ImageKind
  readonly #header: JpegHeader | undefined

  constructor(bytes: Uint8Array, kind: ImageKind, header: JpegHeader | undefined) {
    this.size = header && uprightSize(header)
    this.#bytes = bytes
    this.#kind = kind
    this.#header = header
  }

  async decode(wanted?: Wanted): Promise<Decoded> {
    const image = (await loadSharp())(this.#bytes, sharpOptions())
    const shrink = shrinkOf(this.size, wanted)
    try {
      if (await this.#isCmyk(image)) return { image: await decodeCmyk(image), region: undefined }
      if (shrink === 1) return { image: await decodeRgb(image), region: undefined }
      const { width, height } = this.size!
      const smaller = { width: Math.ceil(width / shrink), height: Math.ceil(height / shrink) }
      const decoded = await decodeRgb(image.resize({ ...smaller, fit: 'fill', kernel: 'linear' }))
      return { image: decoded, region: movedTo(wanted!.region, this.size!, decoded) }
    } catch (cause) {
      throw decodeError(cause, this.#kind)
    }
  }

  /** A JPEG's own header tells; asking libvips, as for TIFF, takes a fifth as long as decoding. */
  async #isCmyk(image: Sharp): Promise<boolean> {
    if (this.#header !== undefined) return this.#header.channels === 4
    if (this.#kind !== 'tiff' && this.#kind !== 'jpeg') return false
    const { space, depth } = await image.metadata()
    if (depth === 'uchar' || depth === 'ushort') return space === 'cmyk'
    throw new SourceError(`The TIFF holds ${depth} samples, whose range is not known: convert them to 8 or 16 bits.`)
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

async function readStart(path: string): Promise<Uint8Array> {
  try {
    return await readHead(path, HEAD_BYTES)
  } catch (cause) {
    throw readError(path, cause)
  }
}
