/** The codec over sharp (libvips), which reads every format that Millrace knows. */
import type { Sharp } from 'sharp'
import type { Codec, Encoded } from './codec.js'

type SharpModule = typeof import('sharp').default

let loaded: Promise<SharpModule> | undefined
let version = ''

/** Loads sharp, once. The main thread does so before the first worker starts. */
export function loadSharp(): Promise<SharpModule> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    version = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`
    return sharp
  })
  return loaded
}

/** Which codec decodes, with its version; before sharp is loaded nothing has been decoded. */
export function codecId(): string {
  return version || 'none'
}

export const sharpCodec: Codec = {
  get id() {
    return codecId()
  },
  async decode(source) {
    const pipeline = await open(source)
    const { data, info } = await pipeline
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height, channels: info.channels }
  },
  async size(source) {
    const { autoOrient } = await (await open(source)).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  }
}

async function open(source: Encoded): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp('path' in source ? source.path : source.bytes, { sequentialRead: true, failOn: 'truncated' })
}
