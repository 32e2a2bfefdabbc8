/** Where the images of a manifest are. No path in it leads out of the root. */
import { isRemote, nameOf, parseUrl } from '../storage/location.js'
import { insideParts, within } from '../storage/within.js'
import { absolutePath } from './platform.js'

/** Where the paths of a manifest may lead. */
export interface Locate {
  /** Whether a path stays below the root. */
  has(path: string): boolean
  /** The location of a path that does. */
  at(path: string): string
}

/** The folder that a manifest lies in. */
export function folderOf(location: string): string {
  if (!isRemote(location)) return absolutePath(`${location}/..`)
  const url = parseUrl(location)
  url.pathname = url.pathname.slice(0, url.pathname.length - nameOf(location).length)
  return url.href
}

/** Locates paths below a root: a folder, a URL, or `https://` for all of the web. */
export function locateIn(root: string, given: boolean): Locate {
  if (/^https?:\/\/$/i.test(root)) return { has: path => isUrlOf(root, path), at: path => path }
  return isRemote(root) ? inUrl(parseUrl(root)) : inFolder(absolutePath(root), given)
}

/** Absolute paths are taken where the root was given, because whoever gave it knows what lies in it. */
function inFolder(root: string, given: boolean): Locate {
  const folder = withSlash(root)
  const below = (path: string): string => (given && path.startsWith(folder) ? path.slice(folder.length) : path)
  return {
    has: path => !isRemote(path) && insideParts(below(path)) !== undefined,
    at: path => within(root, below(path))
  }
}

/** Relative paths are names of files, which a URL has to quote; its query, such as a token for a folder, goes along. */
function inUrl(root: URL): Locate {
  const folder = withSlash(root.pathname)
  const isInside = (url: URL): boolean =>
    url.origin === root.origin && url.pathname.startsWith(folder) && url.username === ''
  return {
    has: path => (isRemote(path) ? URL.canParse(path) && isInside(new URL(path)) : insideParts(path) !== undefined),
    at(path) {
      if (isRemote(path)) return path
      const url = new URL(root)
      url.pathname = folder + insideParts(path)!.map(encodeURIComponent).join('/')
      return url.href
    }
  }
}

function isUrlOf(scheme: string, path: string): boolean {
  return path.toLowerCase().startsWith(scheme.toLowerCase()) && URL.canParse(path)
}

function withSlash(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`
}
