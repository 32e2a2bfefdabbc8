/** Looks through class folders for images. */
import { SourceError } from '../errors.js'
import { listFolder, realPath } from './platform.js'

/** The images of a folder, by class. */
export interface FoundImages {
  /** Keys (paths relative to the root) of each class folder, at least one in all; classes and keys in byte order. */
  readonly folders: ReadonlyMap<string, readonly string[]>
}

/** Finds all images below the class folders of `root`. */
export async function scanImages(root: string): Promise<FoundImages> {
  const rest: Rest = { loose: 0, others: new Map() }
  const folders = new Map<string, readonly string[]>()
  const { files, subfolders } = await list(root)
  for (const name of files) noteFile(name, rest, true)
  for (const name of subfolders.sort(byBytes)) {
    const keys: string[] = []
    await scan(root, name, [await realPath(root)], keys, rest)
    folders.set(name, keys.sort(byBytes))
  }
  if (![...folders.values()].some(keys => keys.length > 0)) throw nothingFound(root, subfolders.length, rest)
  return { folders }
}

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']

/** What is there besides images in class folders, for the message. */
interface Rest {
  /** Images outside of class folders. */
  loose: number
  /** Files of each other extension. */
  readonly others: Map<string, number>
}

/** `above`: the real paths of the folders on the way here, so that a link back to one of them is not followed. */
async function scan(root: string, folder: string, above: readonly string[], keys: string[], rest: Rest): Promise<void> {
  const here = await realPath(`${root}/${folder}`)
  if (above.includes(here)) return
  const { files, subfolders } = await list(`${root}/${folder}`)
  for (const name of files) if (noteFile(name, rest, false)) keys.push(`${folder}/${name}`)
  for (const name of subfolders) await scan(root, `${folder}/${name}`, [...above, here], keys, rest)
}

function noteFile(name: string, rest: Rest, loose: boolean): boolean {
  const dot = name.lastIndexOf('.')
  const extension = dot < 0 ? '(none)' : name.slice(dot).toLowerCase()
  const isImage = EXTENSIONS.includes(extension)
  if (isImage && loose) rest.loose++
  if (!isImage) rest.others.set(extension, (rest.others.get(extension) ?? 0) + 1)
  return isImage
}

async function list(folder: string): Promise<{ files: string[]; subfolders: string[] }> {
  try {
    return await listFolder(folder)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT'
        ? 'there is no such folder'
        : code === 'ENOTDIR'
          ? 'it is no folder'
          : `it is unreadable (${message})`
    throw new SourceError(`imageFolder: ${folder} cannot be read: ${reason}.`, { cause })
  }
}

function nothingFound(root: string, subfolders: number, { loose, others }: Rest): SourceError {
  const found = [...others].map(([extension, count]) => `${count} × ${extension}`)
  if (loose > 0) found.unshift(`${loose} images outside of class folders`)
  found.unshift(`${subfolders} folders`)
  return new SourceError(
    `imageFolder: ${root} has no images in class folders; expected ${root}/<class>/<image> with ${EXTENSIONS.join(' ')}, found ${found.join(', ')}.`
  )
}

/** The order of the names' UTF-8 bytes, which is the order of their code points, whatever the locale. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all others, though their numbers do not. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit
}
