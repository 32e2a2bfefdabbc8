/** Where bytes lie: the path of a file, or a URL; and how either is named where others may read it. */
import { SourceError } from '../errors.js'

/** Whether a location is a URL that is reached through the network. */
export function isRemote(location: string): boolean {
  return /^https?:\/\//i.test(location)
}

/**
 * A location as messages name it: without user, password, query and fragment, because that is where presigned URLs
 * carry their secrets.
 */
export function showLocation(location: string): string {
  if (!isRemote(location)) return location
  const { protocol, host, pathname, search } = parseUrl(location)
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`
}

/** The last part of a location's path: the name of the file, wherever it lies. */
export function nameOf(location: string): string {
  const path = isRemote(location) ? parseUrl(location).pathname : location.replaceAll('\\', '/')
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The location of a file that lies beside another; a query goes along, although a presigned one fits one file only. */
export function besideOf(location: string, rename: (name: string) => string): string {
  if (!isRemote(location)) {
    const name = nameOf(location)
    return location.slice(0, location.length - name.length) + rename(name)
  }
  const url = parseUrl(location)
  const name = nameOf(location)
  url.pathname = url.pathname.slice(0, url.pathname.length - name.length) + rename(name)
  return url.href
}

/** @throws SourceError, which does not tell the secrets that a URL may have */
export function parseUrl(location: string): URL {
  if (URL.canParse(location)) return new URL(location)
  throw new SourceError(
    `A URL cannot be understood that begins with ${location.slice(0, 8)}… Write it as https://host/path.`
  )
}
