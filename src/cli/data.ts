/** The images that a command works on: a data set by its name, or a folder. */
import { cifar10 } from '../sources/cifar10.js'
import { indexed } from '../sources/indexed.js'
import { mnist } from '../sources/mnist.js'
import type { SampleSource } from '../sources/source.js'
import { filesBelow, isFolder, joined } from './platform.js'
import { UsageError } from './usage.js'

/** Images, read once for each of `epochs`. */
export interface Images {
  readonly size: number
  source(epochs: number): SampleSource
  /** The side of all images, where they have one size. */
  readonly side: number | undefined
}

const IMAGE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i

/** Opens `cifar10`, `mnist` or a folder, whose first folders are the classes, if there are any. */
export async function openImages(name: string, seed: number): Promise<Images> {
  if (name === 'cifar10' || name === 'mnist') {
    const source = (epochs: number): SampleSource =>
      name === 'mnist' ? mnist({ split: 'test', seed, epochs }) : cifar10({ split: 'test', seed, epochs })
    return { size: 10_000, source, side: name === 'mnist' ? 28 : 32 }
  }
  if (!isFolder(name)) throw new UsageError(`${name} is neither a folder nor one of the data sets cifar10, mnist.`)
  const files = (await filesBelow(name)).filter(file => IMAGE.test(file))
  if (files.length === 0)
    throw new UsageError(`The folder ${name} holds no image (.jpg, .png, .webp, .avif, .gif, .tif).`)
  // Without class folders each image is a class of its own, so that captions tell which ones were mixed.
  const names = files.map(file => (/[/\\]/.test(file) ? file.split(/[/\\]/)[0]! : file.replace(IMAGE, '')))
  const classes = [...new Set(names)]
  const source = (epochs: number): SampleSource =>
    indexed({
      size: files.length,
      at: i => ({ image: joined(name, files[i]!), label: classes.indexOf(names[i]!), key: files[i]! }),
      classOf: i => classes.indexOf(names[i]!),
      classes: classes.length > 1 ? classes : [...classes, 'none'],
      seed,
      epochs
    })
  return { size: files.length, source, side: undefined }
}
