/** The only module of the storage that knows files, sockets and timers. */
import type { Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

export { isAbsolute, join, sep } from 'node:path'

/** What tells one state of a file from another. */
export interface FileState {
  readonly size: number
  readonly modifiedMs: number
}

/** Size and time of a file; undefined where it is no file, but a folder or the like. */
export async function fileState(path: string): Promise<FileState | undefined> {
  return stateOf(await stat(path))
}

/** Fills `out` with the bytes of a file from `start` on; gives how many there were, and the state that the file is in. */
export async function readFileInto(
  path: string,
  start: number,
  out: Uint8Array
): Promise<{ readonly count: number; readonly state: FileState | undefined }> {
  const file = await open(path)
  try {
    const state = stateOf(await file.stat())
    let count = 0
    while (state !== undefined && count < out.length) {
      const { bytesRead } = await file.read(out, count, Math.min(MOST_AT_ONCE, out.length - count), start + count)
      if (bytesRead === 0) break
      count += bytesRead
    }
    return { count, state }
  } finally {
    await file.close()
  }
}

/** One call reads at most 2 GiB, whatever it is asked for. */
const MOST_AT_ONCE = 1 << 30 // bytes

function stateOf(facts: Stats): FileState | undefined {
  return facts.isFile() ? { size: facts.size, modifiedMs: facts.mtimeMs } : undefined
}

/** The absolute form of a path. */
export function absolutePath(path: string): string {
  return resolve(path)
}

/** A GET request; what comes back has its headers, its body is still to come. */
export function httpGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<Response> {
  return fetch(url, { headers, signal })
}

/** Calls back once, unless the returned function is called before. It keeps the process alive until then. */
export function afterMs(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** Bytes as Base64. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
