/** What the sources need of the machine: files, hashes, npm. Node only; a browser entry brings its own. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompressSync, createGunzip, gunzip, gunzipSync } from 'node:zlib'

export { readdir as readFolder, realpath as realPath } from 'node:fs/promises'
export { join, resolve as absolutePath } from 'node:path'

/** The hexadecimal SHA-256 of strings and bytes, one after the other. */
export function sha256(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** A folder of this user for data that can be fetched again: `$XDG_CACHE_HOME/millrace/<name>`, else below `~/.cache`. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace', name)
}

/** Bytes of a file; undefined where there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const facts = await stat(path).catch(() => undefined)
  return facts?.isFile() ? facts.size : undefined
}

/** Whether there is a folder of this path. */
export async function isFolder(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined)
  return facts?.isDirectory() === true
}

/** Reads a file; one that ends in `.gz` is unpacked. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path)
  return path.endsWith('.gz') ? promisify(gunzip)(bytes) : bytes
}

/** Reads a file into memory that worker threads see too. */
export async function readShared(path: string): Promise<SharedArrayBuffer> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = new Uint8Array(new SharedArrayBuffer(size))
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(1 << 24, size - at), at)
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
      at += bytesRead
    }
    return bytes.buffer
  } finally {
    await file.close()
  }
}

/** Writes a file so that others see nothing of it, or all: under another name first, then renamed. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  try {
    await writeFile(part, bytes, { flush: true })
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}

/** Makes a new folder, lends it, and removes it with all that is in it. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Bytes of all files in a folder, at whatever depth, as far as they can be read. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(entry => fileSize(join(entry.parentPath, entry.name))))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}

/** The content of a gzip file, piece by piece. */
export function gunzipFile(path: string): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  file.on('error', error => gunzip.destroy(error))
  return file.pipe(gunzip)
}

/** Runs npm and says how it ended; `missing` where there is no npm to run. */
export function runNpm(args: readonly string[]): Promise<{ code: number | 'missing'; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32' // npm is a batch file there, which only a shell can start
    const quoted = onWindows ? args.map(arg => `"${arg}"`) : args
    const npm = spawn(onWindows ? 'npm.cmd' : 'npm', quoted, { shell: onWindows, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    npm.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: 'missing', stdout, stderr })
      else reject(error)
    })
    npm.on('close', code => resolve({ code: code ?? 1, stdout, stderr }))
  })
}

/** Calls back now and then until the returned function is called; keeps no process alive. */
export function everyMs(ms: number, callback: () => unknown): () => void {
  const timer = setInterval(callback, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Decodes a PNG to RGB bytes. sharp is loaded with the first call. */
export async function decodePng(png: Uint8Array): Promise<{ data: Uint8Array; width: number; height: number }> {
  const { default: sharp } = await import('sharp')
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`a PNG of ${info.channels} channels instead of 3`)
  return { data, width: info.width, height: info.height }
}

/** A seed from the system's entropy: 32 bits. */
export function platformSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!
}

/** The visible files and folders of a folder. Symbolic links count as what they lead to; broken ones are left out. */
export async function listFolder(folder: string): Promise<{ files: string[]; subfolders: string[] }> {
  const files: string[] = []
  const subfolders: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry
    if (target?.isDirectory()) subfolders.push(entry.name)
    if (target?.isFile()) files.push(entry.name)
  }
  return { files, subfolders }
}

/** Unpacks gzip into at most so many bytes; anything that holds more is an error. */
export function gunzipInto(packed: Uint8Array, size: number): Uint8Array {
  return gunzipSync(packed, { maxOutputLength: Math.max(1, size) })
}

/** As {@link gunzipInto}, for Brotli. */
export function brotliInto(packed: Uint8Array, size: number): Uint8Array {
  return brotliDecompressSync(packed, { maxOutputLength: Math.max(1, size) })
}
