import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The JPEG files of a folder and its subfolders, in order. */
export function jpegFiles(dir) {
  return readdirSync(dir, { recursive: true })
    .filter(file => /\.jpe?g$/i.test(file))
    .sort()
    .map(file => join(dir, file))
}
