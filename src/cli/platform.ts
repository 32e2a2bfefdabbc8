/** What the command line needs of Node. */
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs'
import { access, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { pack } from 'tar-stream'

export { readFile as readWhole, rename as moveFile } from 'node:fs/promises'
export type { ParseArgsConfig }
export { availableParallelism as parallelism, parseArgs }

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

/** Writes to standard error, as it is. */
export function note(text: string): void {
  process.stderr.write(text)
}

/** Columns of the terminal that standard error is; undefined where it is none. */
export function terminalWidth(): number | undefined {
  return process.stderr.isTTY ? process.stderr.columns || 80 : undefined
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

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}

export async function fileBytes(path: string): Promise<number> {
  return (await stat(path)).size
}

/** The hexadecimal SHA-256 of lines. */
export function digest(lines: readonly string[]): string {
  const hash = createHash('sha256')
  for (const line of lines) hash.update(line).update('\n')
  return hash.digest('hex')
}

/** Writes a file so that others see nothing of it, or all; makes its folder where there is none. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.part`, text, { flush: true })
  await rename(`${path}.part`, path)
}

/** Writes a tar archive whose bytes depend on its files alone, not on who makes it, or when. */
export async function writeTar(
  path: string,
  members: AsyncIterable<{ readonly name: string; readonly bytes: Uint8Array }>
): Promise<void> {
  const archive = pack()
  const file = createWriteStream(path, { flush: true })
  const written = finished(archive.pipe(file as never) as unknown as NodeJS.WritableStream)
  let fail = (_: unknown): void => {}
  written.catch(error => fail(error)) // a full disk
  try {
    for await (const { name, bytes } of members) {
      const header = { name, size: bytes.length, mtime: new Date(0), mode: 0o644 }
      await new Promise<void>((resolve, reject) => {
        fail = reject
        archive.entry(header, error => (error ? reject(error) : resolve())).end(bytes)
      })
    }
    archive.finalize()
    await written
  } catch (error) {
    file.destroy()
    throw error
  }
}
