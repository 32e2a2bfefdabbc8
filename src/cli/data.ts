/** The images that a command works on: a data set by its name, a folder, or a file that lists or holds them. */
import { cifar10 } from '../sources/cifar10.js'
import { indexed } from '../sources/indexed.js'
import { manifest } from '../sources/manifest.js'
import { mnist } from '../sources/mnist.js'
import { parquet } from '../sources/parquet.js'
import type { SampleSource } from '../sources/source.js'
import { tarShards } from '../sources/tarShards.js'
import { KINDS } from './kinds.js'
import { filesBelow, isFolder, joined } from './platform.js'
import { UsageError } from './usage.js'

/** Images, read once for each of `epochs`. */
export interface Images {
  readonly size: number
  source(epochs: number): SampleSource
  /** The side of all images, where they have one size. */
  readonly side: number | undefined
}

/** How images are opened. */
export interface OpenOptions {
  /** Each image of a folder without class folders is a class of its own, so that captions tell which ones were mixed. */
  readonly apart?: boolean | undefined
  /** Columns of manifests and Parquet files, and the root of paths. */
  readonly columns?: { readonly image?: string; readonly label?: string; readonly root?: string } | undefined
}

const IMAGE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i
const MANIFEST = /\.(csv|tsv|jsonl|ndjson)(\?.*)?$/i
const SHARDS = /\.tar(\?.*)?$/i
const PARQUET = /\.parquet(\?.*)?$/i

/** Opens what {@link KINDS} names. The first folders in a folder of images are the classes, if there are any. */
export async function openImages(
  name: string,
  seed: number,
  { apart = true, columns = {} }: OpenOptions = {}
): Promise<Images> {
  if (name === 'cifar10' || name === 'mnist') {
    const source = (epochs: number): SampleSource =>
      name === 'mnist' ? mnist({ split: 'test', seed, epochs }) : cifar10({ split: 'test', seed, epochs })
    return { size: 10_000, source, side: name === 'mnist' ? 28 : 32 }
  }
  const { root, ...names } = columns
  const shards = (): Promise<Images> => ofSource(epochs => tarShards(name, { seed, epochs, field: names.label }))
  if (isFolder(name)) return (await holdsShards(name)) ? shards() : openFolder(name, seed, apart)
  if (MANIFEST.test(name)) return ofSource(epochs => manifest(name, { seed, epochs, ...columns }))
  if (root !== undefined) throw new UsageError('--root is for manifests.')
  if (PARQUET.test(name)) return ofSource(epochs => parquet(name, { seed, epochs, ...names }))
  if (SHARDS.test(name)) return shards()
  throw new UsageError(`${name} is neither ${KINDS.replaceAll(' or ', ' nor ')}.`)
}

/** Whether the files of a folder are shards, and none of them an image. */
async function holdsShards(name: string): Promise<boolean> {
  const files = await filesBelow(name)
  return files.some(file => SHARDS.test(file)) && !files.some(file => IMAGE.test(file))
}

async function ofSource(source: (epochs: number) => SampleSource): Promise<Images> {
  const { size } = await source(1).info()
  return { size: size!, source, side: undefined }
}

async function openFolder(name: string, seed: number, apart: boolean): Promise<Images> {
  const files = (await filesBelow(name)).filter(file => IMAGE.test(file))
  if (files.length === 0)
    throw new UsageError(`The folder ${name} holds no image (.jpg, .png, .webp, .avif, .gif, .tif).`)
  const names = files.map(file => (/[/\\]/.test(file) ? file.split(/[/\\]/)[0]! : file.replace(IMAGE, '')))
  const isFlat = !files.some(file => /[/\\]/.test(file))
  const classes = [...new Set(names)]
  const index = new Map(classes.map((name, i) => [name, i]))
  const image = (i: number) => ({ image: joined(name, files[i]!), key: files[i]! })
  const unlabelled = isFlat && !apart
  const source = (epochs: number): SampleSource =>
    unlabelled
      ? indexed({ size: files.length, at: i => ({ ...image(i), label: [0] }), seed, epochs })
      : indexed({
          size: files.length,
          at: i => ({ ...image(i), label: index.get(names[i]!)! }),
          classOf: i => index.get(names[i]!)!,
          classes: classes.length > 1 || !apart ? classes : [...classes, 'none'],
          seed,
          epochs
        })
  return { size: files.length, source, side: undefined }
}
