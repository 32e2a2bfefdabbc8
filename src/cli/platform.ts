/** What the command line needs of Node. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'

export type { ParseArgsConfig }
export { parseArgs }

/** What was typed after the program's name. */
export function commandLine(): string[] {
  return process.argv.slice(2)
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function fail(text: string, code: number): void {
  process.stderr.write(`${text}\n`)
  process.exitCode = code
}

/** Shows how far it has come, in the place of what was shown before; nothing where nobody watches. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/** Files below a folder, relative to it, in byte order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  return files
    .filter(file => file.isFile())
    .map(file =>
      join(file.parentPath, file.name)
        .slice(folder.length)
        .replace(/^[/\\]+/, '')
    )
    .sort()
}

export function joined(folder: string, file: string): string {
  return join(folder, file)
}

export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
