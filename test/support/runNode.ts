/** A program in a process of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Runs a file with Node and gives what it printed; fails where it fails, or takes longer than the limit. TypeScript goes
 * through tsx where Node cannot run it as it is.
 *
 * @param cwd the folder that it runs in; that of the tests by default
 */
export async function runNode(file: string, args: readonly string[] = [], cwd?: string): Promise<string> {
  const options = file.endsWith('.ts') && !process.features.typescript ? ['--import', 'tsx'] : []
  const { stdout } = await promisify(execFile)(process.execPath, [...options, file, ...args], { timeout: 90_000, cwd })
  return stdout
}
