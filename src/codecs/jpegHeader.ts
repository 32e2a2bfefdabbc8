/** What the header of a JPEG says (ITU-T T.81, Annex B; the orientation is an entry of Exif 2.32). */

export interface JpegHeader {
  /** Of the pixels as they are stored. */
  readonly width: number
  readonly height: number
  /** 1 for grey, 3 for colours, 4 for inks. */
  readonly channels: number
  /** Bits of a sample. */
  readonly precision: number
  /** Marker of the frame: 0xc0 baseline, 0xc1 extended, 0xc2 progressive; the others are rare. */
  readonly frame: number
  /** 1 is upright; from 5 on, width and height change places. */
  readonly orientation: number
}

const APP1 = 0xe1
const START_OF_SCAN = 0xda
const UPRIGHT = 1

/** The header of a JPEG; undefined where it is not as the standards want it. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation: number | undefined
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++ // a fill byte
      continue
    }
    const end = at + 2 + view.getUint16(at + 2)
    if (marker < 0xc0 || marker === START_OF_SCAN || end > bytes.length) return undefined
    if (isFrame(marker)) return frameOf(view, at, end, orientation ?? UPRIGHT)
    if (marker === APP1 && isExif(view, at + 4, end)) {
      if (orientation !== undefined) return undefined
      orientation = exifOrientation(view, at + 10, end)
      if (orientation === undefined) return undefined
    }
    at = end
  }
  return undefined
}

/** SOF0 to SOF15, less the three markers among them that are something else. */
function isFrame(marker: number): boolean {
  return marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function frameOf(view: DataView, at: number, end: number, orientation: number): JpegHeader | undefined {
  if (end < at + 10) return undefined
  const [height, width, channels] = [view.getUint16(at + 5), view.getUint16(at + 7), view.getUint8(at + 9)]
  if (height === 0 || width === 0 || channels === 0 || end !== at + 10 + 3 * channels) return undefined
  return { width, height, channels, precision: view.getUint8(at + 4), frame: view.getUint8(at + 1), orientation }
}

/** `Exif` and two zeros. */
function isExif(view: DataView, at: number, end: number): boolean {
  return at + 6 <= end && view.getUint32(at) === 0x45786966 && view.getUint16(at + 4) === 0
}

/** Entry 0x0112 of the first directory: 1 where there is none, undefined where it cannot be trusted. */
function exifOrientation(view: DataView, start: number, end: number): number | undefined {
  if (start + 8 > end) return undefined
  const little = view.getUint16(start) === 0x4949
  if (!little && view.getUint16(start) !== 0x4d4d) return undefined
  const directory = start + view.getUint32(start + 4, little)
  if (view.getUint16(start + 2, little) !== 42 || directory + 2 > end) return undefined
  const entries = view.getUint16(directory, little)
  if (directory + 2 + 12 * entries > end) return undefined
  for (let i = 0, at = directory + 2; i < entries; i++, at += 12) {
    if (view.getUint16(at, little) !== 0x0112) continue
    const value = view.getUint16(at + 8, little)
    const isShort = view.getUint16(at + 2, little) === 3 && view.getUint32(at + 4, little) === 1
    return isShort && value >= 1 && value <= 8 ? value : undefined
  }
  return UPRIGHT
}

/** Width and height once the image is turned upright. */
export function uprightSize({ width, height, orientation }: JpegHeader): {
  readonly width: number
  readonly height: number
} {
  return orientation < 5 ? { width, height } : { width: height, height: width }
}
