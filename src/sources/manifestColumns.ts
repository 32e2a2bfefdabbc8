/** Which column of a manifest holds what. */
import { InvalidOptionError, SourceError } from '../errors.js'
import type { ManifestFormat } from './manifestRows.js'

/** The names of the columns, as options of {@link manifest}. */
export interface ManifestColumnOptions {
  /**
   * The column of the images' paths or URLs.
   * @defaultValue the first that is there of image, path, file, filename, file_name, image_path, url
   */
  readonly image?: string | undefined
  /**
   * The column of the labels; a list of columns, whose numbers make a vector; or `false` where there are no labels: then
   * each is a vector of one zero.
   * @defaultValue the first that is there of label, class, target
   */
  readonly label?: string | readonly string[] | false | undefined
  /**
   * The column of the masks' paths.
   * @defaultValue mask, where there is such a column
   */
  readonly mask?: string | undefined
  /**
   * The column of the boxes.
   * @defaultValue boxes, where there is such a column
   */
  readonly boxes?: string | undefined
  /**
   * The column of the keypoints.
   * @defaultValue keypoints, where there is such a column
   */
  readonly keypoints?: string | undefined
  /**
   * The column of the keys, which name samples in messages, logs and faults.
   * @defaultValue key, where there is such a column; else that of the images
   */
  readonly key?: string | undefined
}

/** The names of {@link ManifestColumnOptions}, for checks. */
export const COLUMN_OPTIONS = ['image', 'label', 'mask', 'boxes', 'keypoints', 'key'] as const

/** The columns of a manifest that are used. */
export interface ManifestColumns {
  readonly image: string
  readonly label: string | readonly string[] | undefined
  readonly mask: string | undefined
  readonly boxes: string | undefined
  readonly keypoints: string | undefined
  readonly key: string | undefined
  /** Columns that would have been used if the first row of JSONL had them: no later row may. */
  readonly late: readonly string[]
}

const IMAGE = ['image', 'path', 'file', 'filename', 'file_name', 'image_path', 'url']
const LABEL = ['label', 'class', 'target']
const OPTIONAL = ['mask', 'boxes', 'keypoints', 'key'] as const

/** Refuses anything but names. */
export function checkColumnOptions(caller: string, options: ManifestColumnOptions): void {
  for (const option of COLUMN_OPTIONS) {
    const received = options[option]
    const list = option === 'label' && Array.isArray(received) ? (received as unknown[]) : [received]
    const isOff = received === undefined || (option === 'label' && received === false)
    if (isOff || (list.length > 0 && list.every(name => typeof name === 'string' && name !== ''))) continue
    const expected =
      option === 'label' ? 'the name of a column, a list of such names, or false' : 'the name of a column'
    throw new InvalidOptionError({ caller, option, expected, received })
  }
}

/** Finds the columns that the options name or leave to their defaults; `found` are those of the first row. */
export function chooseColumns(
  options: ManifestColumnOptions,
  found: readonly string[],
  format: ManifestFormat
): ManifestColumns {
  const there = (name: string): boolean => found.includes(name)
  const named = COLUMN_OPTIONS.flatMap(option => options[option] || [])
  // In JSONL a column may be absent from any row.
  const missing = format === 'jsonl' ? undefined : named.find(name => !there(name))
  if (missing !== undefined) throw none(`column ${JSON.stringify(missing)}`, found, 'correct the option')
  const image = options.image ?? IMAGE.find(there)
  if (image === undefined) throw none(`column of images (${IMAGE.join(', ')})`, found, 'name it with `image`')
  const label = options.label ?? LABEL.find(there)
  if (label === undefined) {
    throw none(`column of labels (${LABEL.join(', ')})`, found, 'name it with `label`, or say `label: false`')
  }
  const optional = OPTIONAL.map(name => [name, options[name] ?? (there(name) ? name : undefined)] as const)
  const { mask, boxes, keypoints, key } = Object.fromEntries(optional)
  const late = format === 'jsonl' ? OPTIONAL.filter(name => options[name] === undefined && !there(name)) : []
  return { image, label: label === false ? undefined : label, mask, boxes, keypoints, key, late }
}

function none(what: string, found: readonly string[], hint: string): SourceError {
  const names = found.slice(0, 20).map(name => JSON.stringify(name.slice(0, 40)))
  return new SourceError(`it has no ${what}, but ${names.join(', ')}${found.length > 20 ? ', …' : ''}; ${hint}`)
}
