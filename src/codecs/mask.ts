/** Masks: images of one channel whose bytes are class ids, so that nothing may be converted, blended or lost. */
import { SourceError } from '../errors.js'
import type { Image } from '../kernels/step.js'
import type { PixelRef } from '../sample.js'
import type { EncodedImage } from './codec.js'
import { decodeError } from './decodeError.js'
import { loadSharp, readImage, sharpOptions } from './sharp.js'

/**
 * Reads a mask: pixels of one channel as they are, or an 8-bit grey image in a format that loses nothing.
 *
 * @throws SourceError for anything else
 */
export async function readMask(mask: PixelRef | EncodedImage): Promise<Image> {
  if ('kind' in mask) {
    const { buffer, offset, width, height, channels } = mask
    if (channels !== 1) throw new SourceError(`The mask has ${channels} channels, but class ids need one.`)
    return { data: new Uint8Array(buffer, offset, width * height), width, height, channels }
  }
  const { bytes, kind } = readImage(mask)
  if (kind === 'jpeg') throw new SourceError('The mask is a JPEG, which does not keep class ids. Save masks as PNG.')
  const image = (await loadSharp())(bytes, { ...sharpOptions(), sequentialRead: false })
  const { channels, depth, isPalette } = await image.metadata().catch(cause => {
    throw decodeError(cause, kind)
  })
  if (isPalette === true) throw notGrey('colours of a palette')
  if (depth !== 'uchar' || (channels !== 1 && channels !== 3)) throw notGrey(`${channels} channels of type ${depth}`)
  const output = channels === 1 ? image.toColourspace('b-w') : image
  const { data, info } = await output
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(cause => {
      throw decodeError(cause, kind)
    })
  return { data: info.channels === 1 ? data : greyOf(data), width: info.width, height: info.height, channels: 1 }
}

/** Grey that was saved as three equal channels, which some programs do. */
function greyOf(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3)
  for (let i = 0; i < grey.length; i++) {
    grey[i] = rgb[3 * i]!
    if (rgb[3 * i + 1] !== grey[i] || rgb[3 * i + 2] !== grey[i]) throw notGrey('colours')
  }
  return grey
}

function notGrey(what: string): SourceError {
  return new SourceError(
    `The mask holds ${what}, but class ids are read from 8-bit grey images. Convert it to grey PNG.`
  )
}
