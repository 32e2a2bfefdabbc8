/** Paths that others chose, such as those in an archive or a list, must not lead out of the folder they belong to. */
import { SourceError } from '../errors.js'
import { isAbsolute, join } from './platform.js'

/**
 * The path of a file below a folder, from a relative path with `/`.
 *
 * @throws SourceError where the path is absolute, has a drive, a NUL or a `..` that leads out of the folder, or names
 *   the folder itself
 */
export function within(root: string, relative: string): string {
  const parts = insideParts(relative)
  if (parts === undefined) {
    throw new SourceError(
      `The path ${JSON.stringify(relative)} leads out of ${root}; only relative paths below it are followed.`
    )
  }
  return join(root, ...parts)
}

/**
 * The parts of a relative path without `.` and `..`; undefined where it leads out of its root or names nothing. A
 * backslash is taken for a separator, because on Windows it is one.
 */
export function insideParts(relative: string): readonly string[] | undefined {
  if (relative.includes('\0') || isAbsolute(relative) || /^([A-Za-z]:|[\\/])/.test(relative)) return undefined
  const parts: string[] = []
  for (const part of relative.split(/[\\/]/)) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length === 0 ? undefined : parts
}
