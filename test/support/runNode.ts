/** A program in a process of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a file with Node and gives what it printed; fails where it fails, or takes longer than the limit. */
export async function runNode(file: string, args: readonly string[] = [], cwd?: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { timeout: 90_000, cwd })
  return stdout
}
