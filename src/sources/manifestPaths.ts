/** Where the images of a manifest are. No path in it leads out of the root. */
import { isRemote, nameOf, parseUrl } from '../storage/location.js'
import { insideParts, within } from '../storage/within.js'
import { absolutePath } from './platform.js'

/** The location of a path in the manifest; undefined where it leads out of the root. */
export type Locate = (path: string) => string | undefined

/** The folder that a manifest lies in. */
export function folderOf(location: string): string {
  if (!isRemote(location)) return absolutePath(`${location}/..`)
  const url = parseUrl(location)
  url.pathname = url.pathname.slice(0, url.pathname.length - nameOf(location).length)
  return url.href
}

/** Locates paths below a root: a folder, a URL, or `https://` for all of the web. */
export function locateIn(root: string, given: boolean): Locate {
  if (/^https?:\/\/$/i.test(root)) return path => (isUrlOf(root, path) ? path : undefined)
  return isRemote(root) ? inUrl(parseUrl(root)) : inFolder(absolutePath(root), given)
}

/** Absolute paths are taken where the root was given, because whoever gave it knows what lies in it. */
function inFolder(root: string, given: boolean): Locate {
  return path => {
    if (isRemote(path)) return undefined
    const below = given && path.startsWith(withSlash(root)) ? path.slice(withSlash(root).length) : path
    return insideParts(below) === undefined ? undefined : within(root, below)
  }
}

/** Relative paths are names of files, which a URL has to quote; its query, such as a token for a folder, goes along. */
function inUrl(root: URL): Locate {
  const folder = withSlash(root.pathname)
  return path => {
    if (isRemote(path)) {
      const url = URL.canParse(path) ? new URL(path) : undefined
      const inside = url !== undefined && url.origin === root.origin && url.pathname.startsWith(folder)
      return inside && url.username === '' ? path : undefined
    }
    const parts = insideParts(path)
    if (parts === undefined) return undefined
    const url = new URL(root)
    url.pathname = folder + parts.map(encodeURIComponent).join('/')
    return url.href
  }
}

function isUrlOf(scheme: string, path: string): boolean {
  return path.toLowerCase().startsWith(scheme.toLowerCase()) && URL.canParse(path)
}

function withSlash(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`
}
