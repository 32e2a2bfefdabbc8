/** Checks of options that several sources have. */
import { InvalidOptionError } from '../errors.js'

/** Refuses anything but a path. */
export function checkFolderOption(caller: string, option: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && value !== '') return
  throw new InvalidOptionError({ caller, option, expected: 'the path of a folder', received: value })
}
