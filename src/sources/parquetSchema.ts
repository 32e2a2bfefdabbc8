/** Which column of Parquet files holds what. */
import type { SchemaTree } from 'hyparquet'
import { SourceError, show } from '../errors.js'
import type { ParquetFile } from './parquetFile.js'

/** Columns by the paths of their values. */
export interface ParquetColumns {
  readonly image: readonly string[]
  readonly mask: readonly string[] | undefined
  readonly label: readonly (readonly string[])[] | undefined
  readonly key: readonly string[] | undefined
  /** The name of the label's column, where it is one. */
  readonly labelName: string | undefined
}

/** What the user says of columns. */
export interface WantedColumns {
  readonly image?: string | undefined
  readonly mask?: string | undefined
  readonly label?: string | readonly string[] | false | undefined
  readonly key?: string | undefined
}

const IMAGE = ['image', 'img', 'jpg', 'png', 'bytes']
const LABEL = ['label', 'labels', 'class', 'fine_label', 'target']

/** Finds the columns in a file; where the options say nothing, by what Hugging Face wrote, then by their names. */
export function chooseParquetColumns(file: ParquetFile, wanted: WantedColumns): ParquetColumns {
  const names = file.schema.children.map(({ element }) => element.name)
  const typed = (type: string): string | undefined => names.find(name => file.features[name]?.type === type)
  const image = wanted.image ?? typed('Image') ?? IMAGE.find(name => names.includes(name))
  if (image === undefined) throw none('images', names, 'name it with `image`')
  const label = wanted.label ?? typed('ClassLabel') ?? LABEL.find(name => names.includes(name))
  if (label === undefined) throw none('labels', names, 'name it with `label`, or say `label: false`')
  return {
    image: bytesPath(file.schema, image),
    mask: wanted.mask === undefined ? undefined : bytesPath(file.schema, wanted.mask),
    label: label === false ? undefined : [label].flat().map(name => leafPath(file.schema, name)),
    key: wanted.key === undefined ? undefined : leafPath(file.schema, wanted.key),
    labelName: typeof label === 'string' ? label : undefined
  }
}

/** A column of bytes, or the field `bytes` of a structure, as Hugging Face stores images. */
function bytesPath(schema: SchemaTree, name: string): readonly string[] {
  const node = nodeAt(schema, name)
  const leaf = node.children.find(({ element }) => element.name === 'bytes') ?? node
  if (leaf.children.length === 0 && leaf.element.type === 'BYTE_ARRAY') return leaf.path
  throw new SourceError(`its column ${show(name)} holds no bytes of images`)
}

/** A plain column, or a list of one. */
function leafPath(schema: SchemaTree, name: string): readonly string[] {
  let node = nodeAt(schema, name)
  while (node.children.length === 1) node = node.children[0]!
  if (node.children.length === 0) return node.path
  throw new SourceError(
    `its column ${show(name)} is a structure; name a field of it, such as ${name}.${node.children[0]!.element.name}`
  )
}

function nodeAt(schema: SchemaTree, name: string): SchemaTree {
  const find = (node: SchemaTree | undefined, part: string) =>
    node?.children.find(({ element }) => element.name === part)
  const node = find(schema, name) ?? name.split('.').reduce<SchemaTree | undefined>(find, schema)
  if (node !== undefined) return node
  const names = schema.children.map(({ element }) => element.name)
  throw none(name, names, 'correct the option')
}

function none(what: string, names: readonly string[], hint: string): SourceError {
  const list = names.slice(0, 20).map(name => JSON.stringify(name.slice(0, 40)))
  return new SourceError(`it has no column of ${what}, but ${list.join(', ')}; ${hint}`)
}
