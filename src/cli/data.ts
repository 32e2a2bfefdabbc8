/** The images that a command works on: a data set by its name, a folder, or a file that lists or holds them. */
import { SourceError } from '../errors.js'
import { cifar10 } from '../sources/cifar10.js'
import { indexed } from '../sources/indexed.js'
import { manifest } from '../sources/manifest.js'
import { mnist } from '../sources/mnist.js'
import { parquet } from '../sources/parquet.js'
import type { SampleSource } from '../sources/source.js'
import { tarShards } from '../sources/tarShards.js'
import { filesBelow, isFolder, joined } from './platform.js'
import { type HelpRow, UsageError } from './usage.js'

const KINDS = 'a folder, a manifest (.csv, .tsv, .jsonl), a Parquet file, shards (.tar), cifar10 or mnist'

/** What every command that works on images takes. */
export const DATA_HELP: readonly HelpRow[] = [
  ['DATA', `${KINDS}; files may be URLs`],
  ['--image NAME', 'the column of the images, of a manifest or a Parquet file'],
  ['--label NAME', 'the column of the labels; of shards, the field of each .json'],
  ['--root DIR', 'the folder or URL that the paths of a manifest are relative to, and must not leave']
]

/** The same, for `parseArgs`. */
export const DATA_OPTIONS = {
  image: { type: 'string' },
  label: { type: 'string' },
  root: { type: 'string' }
} as const

/** Images, read once for each of `epochs`. */
export interface Images {
  readonly size: number
  source(epochs: number): SampleSource
  /** The side of all images, where they have one size. */
  readonly side: number | undefined
}

/** How images are opened. */
export interface OpenOptions {
  readonly seed: number
  /** Each image of a folder without class folders is a class of its own, so that captions tell which ones were mixed. */
  readonly apart?: boolean | undefined
  /** What was typed for {@link DATA_OPTIONS}. */
  readonly columns?: { readonly [name in keyof typeof DATA_OPTIONS]?: string | undefined } | undefined
}

const IMAGE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i
const MANIFEST = /\.(csv|tsv|jsonl|ndjson)(\?.*)?$/i
const SHARDS = /\.tar(\?.*)?$/i
const PARQUET = /\.parquet(\?.*)?$/i

/** What was typed for DATA, and nothing else. */
export function onlyData([name, ...rest]: readonly string[]): string {
  if (name === undefined) throw new UsageError(`Say which images: ${KINDS}. --help tells more.`)
  if (rest.length > 0) throw new UsageError(`One folder or data set is expected, but ${rest.join(', ')} came as well.`)
  return name
}

/** Opens what was typed for DATA. The first folders in a folder of images are the classes, if there are any. */
export async function openImages(name: string, { seed, apart = true, columns = {} }: OpenOptions): Promise<Images> {
  const { image, label, root } = columns
  const takes = (kind: string, ...options: readonly (keyof typeof DATA_OPTIONS)[]): void => {
    const odd = Object.keys(DATA_OPTIONS).find(
      option => columns[option as 'root'] !== undefined && !options.includes(option as 'root')
    )
    if (odd !== undefined) throw new UsageError(`--${odd} is not for ${kind}.`)
  }
  if (name === 'cifar10' || name === 'mnist') {
    takes(name)
    const source = (epochs: number): SampleSource =>
      name === 'mnist' ? mnist({ split: 'test', seed, epochs }) : cifar10({ split: 'test', seed, epochs })
    return { size: 10_000, source, side: name === 'mnist' ? 28 : 32 }
  }
  if (SHARDS.test(name) || (isFolder(name) && (await holdsShards(name)))) {
    takes('shards', 'label')
    return ofSource(epochs => tarShards(name, { seed, epochs, field: label }))
  }
  if (isFolder(name)) {
    takes('folders')
    return openFolder(name, seed, apart)
  }
  if (PARQUET.test(name)) {
    takes('Parquet files', 'image', 'label')
    return ofSource(epochs => parquet(name, { seed, epochs, image, label }))
  }
  if (MANIFEST.test(name)) return ofSource(epochs => manifest(name, { seed, epochs, image, label, root }))
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
    throw new SourceError(`The folder ${name} holds no image (.jpg, .png, .webp, .avif, .gif, .tif).`)
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
