/** Files of this machine. */
import { SourceError } from '../errors.js'
import { type FileState, fileState, readFileInto } from './platform.js'
import { changedError } from './refusals.js'

/** Size and state of a file. */
export async function openLocal(path: string): Promise<FileState> {
  const state = await fileState(path).catch(cause => {
    throw localError(path, cause)
  })
  if (state === undefined) throw localError(path, { code: 'EISDIR' })
  return state
}

/** The bytes from `start` to `end` of a file that must be in the state in which it was opened. */
export async function readPart(path: string, known: FileState, start: number, end: number): Promise<ArrayBuffer> {
  const out = new Uint8Array(end - start)
  const { count, state } = await readFileInto(path, start, out).catch(cause => {
    throw localError(path, cause)
  })
  const same = state?.size === known.size && state.modifiedMs === known.modifiedMs
  if (!same || count < out.length) throw changedError(path)
  return out.buffer
}

/** All bytes of a file. */
export async function readLocal(
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined
): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted()
  const state = await openLocal(path)
  if (state.size > maxBytes) {
    throw new SourceError(
      `${path} has ${state.size} bytes, more than the ${maxBytes} that are taken into memory at once.`
    )
  }
  return new Uint8Array(await readPart(path, state, 0, state.size))
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder, or no plain file',
  EACCES: 'this process may not read it',
  EMFILE: 'too many files are open'
}

function localError(path: string, cause: unknown): SourceError {
  const { code, message } = cause as { code?: string; message?: string }
  const reason = (code && reasons[code]) ?? message ?? String(cause)
  return new SourceError(`${path} cannot be read: ${reason}.`, { cause })
}
