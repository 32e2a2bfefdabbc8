/** Folders of images, one a class. */
import { checkOptions } from '../check.js'
import { InvalidOptionError, SourceError } from '../errors.js'
import { fingerprint } from './fingerprint.js'
import { type IndexedData, indexedSource } from './indexedSource.js'
import { makeSample } from './makeSample.js'
import { checkFolderOption } from './options.js'
import { absolutePath } from './platform.js'
import { type FoundImages, scanImages } from './scanImages.js'
import { INDEXED_OPTIONS, type IndexedSourceOptions, type SampleSource, settle, settleClasses } from './source.js'

export interface ImageFolderOptions extends IndexedSourceOptions {
  /**
   * The names of the class folders, in the order in which their labels count. Every folder with images must be among
   * them; a name without a folder is a class without images, so that a validation set can take those of the training set.
   * @defaultValue every folder, in byte order; none may be without images
   */
  readonly classes?: readonly string[] | undefined
}

/**
 * Images in folders: `dir/<class>/…/<name>.jpg`.
 *
 * Source → samples. Labels are class indices: the folders of the first level, in byte order; keys are paths relative
 * to `dir`, with `/`. Reads .jpg .jpeg .png .webp .avif .gif .tif .tiff, in any case; follows symbolic links; skips
 * hidden files and folders. The folder is looked through once, at the first subscription or `info()`; files are
 * opened later, by the workers.
 *
 * Errors of the subscription and of `info()`: SourceError where the folder cannot be read or has no images;
 * CursorError where `resume` belongs to other data.
 *
 * @throws InvalidOptionError where an option cannot be used, CursorError where `resume` cannot.
 *
 * @example
 * ```ts
 * import { imageFolder } from 'millrace'
 *
 * const source = imageFolder('photos/train', { seed: 7, shuffle: true, epochs: 90 })
 * console.log((await source.info()).classNames) // [ 'cat', 'dog' ]
 * source.subscribe(sample => console.log(sample.key, sample.label)) // cat/tom.jpg 0 …
 * ```
 */
export function imageFolder(dir: string, options: ImageFolderOptions = {}): SampleSource {
  checkFolderOption('imageFolder', 'dir', dir)
  checkOptions('imageFolder', options, ['classes', ...INDEXED_OPTIONS])
  if (typeof options.classes === 'number') {
    const expected = 'a list of folder names'
    throw new InvalidOptionError({ caller: 'imageFolder', option: 'classes', expected, received: options.classes })
  }
  const { classNames } = settleClasses('imageFolder', options.classes)
  const root = absolutePath(dir)
  const open = async (): Promise<IndexedData> => describe(root, chooseClasses(root, await scanImages(root), classNames))
  return indexedSource('imageFolder', settle('imageFolder', options), open)
}

interface Classes {
  readonly names: readonly string[]
  /** Keys of all images, class by class. */
  readonly keys: readonly string[]
  readonly labels: Uint32Array
}

function chooseClasses(root: string, found: FoundImages, wanted: readonly string[] | undefined): Classes {
  const names = wanted ?? [...found.folders.keys()]
  for (const [folder, keys] of found.folders) {
    if (wanted === undefined && keys.length === 0) {
      const hint = 'put images in it, remove it, or list the classes with `classes`'
      throw new SourceError(`imageFolder: the class folder ${root}/${folder} has no images; ${hint}.`)
    }
    if (keys.length > 0 && !names.includes(folder)) {
      const hint = 'list it too, or move it elsewhere'
      throw new SourceError(
        `imageFolder: ${root} has a class folder ${folder} that \`classes\` does not list; ${hint}.`
      )
    }
  }
  const lists = names.map(name => found.folders.get(name) ?? [])
  const labels = lists.flatMap((list, label) => new Array<number>(list.length).fill(label))
  return { names: Object.freeze([...names]), keys: lists.flat(), labels: Uint32Array.from(labels) }
}

function describe(root: string, { names, keys, labels }: Classes): IndexedData {
  return {
    name: 'imageFolder',
    fingerprint: fingerprint(['imageFolder', names], keys),
    size: keys.length,
    classes: names.length,
    classNames: names,
    classOf: index => labels[index]!,
    sample: (index, epoch, position, info) => {
      const key = keys[index]!
      return makeSample(key, index, epoch, position, labels[index]!, { kind: 'file', path: `${root}/${key}` }, info)
    }
  }
}
