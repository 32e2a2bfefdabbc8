/** The only module of the codecs that knows files, packages and the environment. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

const FIRST_READ = 1 << 20
/** C libraries begin a large block 16 bytes behind a page, and systems copy files three times as fast to whole lines of the cache. */
const TO_LINE = 48
let buffer = new Uint8Array(0)

function room(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes + TO_LINE), TO_LINE)
}

/**
 * All bytes of a file, in memory that the next call uses again.
 *
 * It reads without leaving the thread: going through the thread pool and the event loop takes several times as long as
 * reading a photo, and threads that wait for a slow disk are made up for by more workers.
 */
export function readBytes(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    if (buffer.length === 0) buffer = room(FIRST_READ)
    for (let end = 0; ; ) {
      const count = readSync(file, buffer, end, buffer.length - end, null)
      end += count
      if (count === 0) return buffer.subarray(0, end)
      if (end === buffer.length) {
        const larger = room(2 * end)
        larger.set(buffer)
        buffer = larger
      }
    }
  } finally {
    closeSync(file)
  }
}

/**
 * Bytes of a part of a file, in the same memory. Nothing is taken on trust: a part that the file does not have costs no
 * memory.
 *
 * @throws RangeError where the file ends before the part does
 */
export function readRange(path: string, offset: number, length: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (offset + length > size) throw endsEarly(size, offset + length)
    if (length > buffer.length) buffer = room(Math.max(FIRST_READ, 2 ** Math.ceil(Math.log2(length))))
    for (let end = 0; end < length; ) {
      const count = readSync(file, buffer, end, length - end, offset + end)
      if (count === 0) throw endsEarly(offset + end, offset + length)
      end += count
    }
    return buffer.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

function endsEarly(size: number, wanted: number): RangeError {
  return new RangeError(`it ends at byte ${size}, but the image at byte ${wanted}: it was cut, or has changed`)
}

/** The first bytes of a file. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Version of the sharp that an import would load; nothing is loaded. */
export function sharpVersion(): string {
  return versionIn(join(dirname(require.resolve('sharp')), '..'))
}

/** What is used of `@julusian/jpeg-turbo`. */
export interface TurboBinding {
  readonly FORMAT_RGB: number
  decompressSync(
    jpeg: Uint8Array,
    out: Uint8Array,
    options: { readonly format: number }
  ): { readonly width: number; readonly height: number }
}

/** The binding and its version; undefined where it is not installed or does not load on this machine. */
export function loadTurbo(): { readonly binding: TurboBinding; readonly version: string } | undefined {
  try {
    const entry = require.resolve('@julusian/jpeg-turbo')
    return { binding: require(entry) as TurboBinding, version: versionIn(dirname(entry)) }
  } catch {
    return undefined
  }
}

/** What the addon in `native/` gives. */
export interface NativeBinding {
  /** Its own version, and that of the library in it. */
  version(): string
  /**
   * Decodes a part of a JPEG to lines of RGB. Gives the first column that was decoded: some lie beside the part, and 2 on
   * its right, as far as the image goes. Gives −1 where anything about the file is unusual.
   *
   * @param width, height of the image that the file is known to hold
   * @param shrink 1, 2, 4 or 8: the image is scaled to one part in so many
   * @param left, top, columns, lines the part, in pixels of the scaled image
   */
  decode(
    jpeg: Uint8Array,
    width: number,
    height: number,
    shrink: number,
    left: number,
    top: number,
    columns: number,
    lines: number,
    out: Uint8Array
  ): number
}

/** The addon: the one that was built here, else that of a package for this machine; undefined where there is none. */
export function loadNative(): NativeBinding | undefined {
  const systems = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[process.platform as string] ?? ['']
  const packages = systems.map(system => `@millrace/codec-${process.platform}-${process.arch}${system}`)
  for (const name of ['../../native/millrace-codec.node', ...packages]) {
    try {
      return require(name) as NativeBinding
    } catch {
      // The next one, then.
    }
  }
  return undefined
}

/** A view of the kind that native code takes. */
export function nativeView({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** A variable of the environment. */
export function environment(name: string): string | undefined {
  return process.env[name]
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}
