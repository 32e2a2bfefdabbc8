/** Images made smaller, as JPEG. */

export interface Encoding {
  /** Pixels that the shorter side has at most. */
  readonly shorterSide: number | undefined
  readonly quality: number
}

/** Reads an image, and writes it upright and without alpha as JPEG; smaller ones are not made larger. */
export async function encodeImage(path: string, { shorterSide, quality }: Encoding): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1) // several images at a time are faster than several threads on one
  sharp.cache(false)
  const image = sharp(path, { failOn: 'error', autoOrient: true }).removeAlpha().toColourspace('srgb')
  const size = { width: shorterSide, height: shorterSide, fit: 'outside', withoutEnlargement: true } as const
  return (shorterSide === undefined ? image : image.resize(size)).jpeg({ quality }).toBuffer()
}
