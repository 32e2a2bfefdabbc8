/** Image files of a few hundred bytes whose headers claim other sizes than they have. */
import { fixture } from './support.js'

/** Kinds of files, and what makes one of them claim a size. */
export const lies: Readonly<Record<string, (width: number, height: number) => Uint8Array>> = {
  png: (width, height) => {
    const { bytes, view } = copyOf('rgb.png')
    view.setUint32(16, width)
    view.setUint32(20, height)
    view.setUint32(29, crc32(bytes.subarray(12, 29)))
    return bytes
  },
  'jpg, baseline': (width, height) => lyingJpeg('rgb.jpg', [0xff, 0xc0], width, height),
  'jpg, progressive': (width, height) => lyingJpeg('subsampled-progressive.jpg', [0xff, 0xc2], width, height),
  'jpg, arithmetic': (width, height) => lyingJpeg('arithmetic.jpg', [0xff, 0xc9], width, height),
  'webp, lossy': (width, height) => {
    const { bytes, view } = copyOf('lossy.webp')
    const at = indexOf(bytes, [0x9d, 0x01, 0x2a]) + 3 // the start code of a key frame
    view.setUint16(at, width & 0x3fff, true)
    view.setUint16(at + 2, height & 0x3fff, true)
    return bytes
  },
  'webp, lossless': (width, height) => {
    const { bytes, view } = copyOf('lossless.webp')
    const at =
      indexOf(
        bytes,
        [...'VP8L'].map(char => char.charCodeAt(0))
      ) + 9
    view.setUint32(at, (((height - 1) & 0x3fff) << 14) | ((width - 1) & 0x3fff), true)
    return bytes
  },
  gif: (width, height) => {
    const { bytes, view } = copyOf('palette.gif')
    const palette = bytes[10]! & 0x80 ? 3 << ((bytes[10]! & 7) + 1) : 0
    let frame = 13 + palette
    while (bytes[frame] === 0x21) frame += 2 + 1 + bytes[frame + 2]! + 1 // an extension of one block
    if (bytes[frame] !== 0x2c) throw new Error('the fixture is not as this test expects it')
    for (const at of [6, frame + 5]) {
      view.setUint16(at, width, true)
      view.setUint16(at + 2, height, true)
    }
    return bytes
  },
  avif: (width, height) => {
    const { bytes, view } = copyOf('rgb.avif')
    const at =
      indexOf(
        bytes,
        [...'ispe'].map(char => char.charCodeAt(0))
      ) + 8
    view.setUint32(at, width)
    view.setUint32(at + 4, height)
    return bytes
  },
  tiff: (width, height) => {
    const { bytes, view } = copyOf('rgb.tiff')
    const little = bytes[0] === 0x49
    const directory = view.getUint32(4, little)
    for (let i = 0; i < view.getUint16(directory, little); i++) {
      const entry = directory + 2 + 12 * i
      const tag = view.getUint16(entry, little)
      if (tag !== 256 && tag !== 257) continue
      view.setUint16(entry + 2, 4, little) // LONG
      view.setUint32(entry + 8, tag === 256 ? width : height, little)
    }
    return bytes
  }
}

function lyingJpeg(name: string, frame: readonly number[], width: number, height: number): Uint8Array {
  const { bytes, view } = copyOf(name)
  const at = indexOf(bytes, frame) + 5
  view.setUint16(at, height)
  view.setUint16(at + 2, width)
  return bytes
}

function copyOf(name: string): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(fixture(name))
  return { bytes, view: new DataView(bytes.buffer) }
}

function indexOf(bytes: Uint8Array, part: readonly number[]): number {
  const at = bytes.findIndex((_, i) => part.every((byte, j) => bytes[i + j] === byte))
  if (at < 0) throw new Error('the fixture is not as this test expects it')
  return at
}

/** The check sum of a PNG's chunk. */
function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
