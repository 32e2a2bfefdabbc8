/** Where an encoded image lies, as the engine's table says it and as a codec wants it. */
import type { EncodedImage } from '../codecs/codec.js'
import type { ImageRef, PixelRef } from '../sample.js'
import { isRemote } from '../storage/location.js'
import { openBytes } from '../storage/openBytes.js'
import { readAll } from '../storage/readAll.js'
import { at } from './rows.js'
import { Column, type SampleTable } from './task.js'

export type EncodedRef = Exclude<ImageRef, PixelRef>

/** The reference of a row's encoded image. */
export function encodedIn(table: SampleTable, i: number): EncodedRef {
  const source = table.encoded[-at(table, i, Column.image) - 1]!
  if (typeof source !== 'string') return { kind: 'bytes', bytes: source }
  if (at(table, i, Column.channels) === 0) return { kind: 'file', path: source }
  const [offset, length] = [at(table, i, Column.offset), at(table, i, Column.width)]
  return { kind: 'range', location: source, offset, length }
}

/** What a codec reads by itself; undefined where the bytes have to be fetched first. */
export function localImage(ref: EncodedRef): EncodedImage | undefined {
  if (ref.kind === 'bytes') return { bytes: ref.bytes }
  if (isRemote(ref.kind === 'file' ? ref.path : ref.location)) return undefined
  if (ref.kind === 'file') return { path: ref.path }
  return { path: ref.location, range: { offset: ref.offset, length: ref.length } }
}

/** The same for a single image that may have to be fetched now. */
export async function fetchedImage(ref: EncodedRef): Promise<EncodedImage> {
  const local = localImage(ref)
  if (local !== undefined) return local
  if (ref.kind === 'file') return { bytes: await readAll(ref.path) }
  const { location, offset, length } = ref as Extract<EncodedRef, { kind: 'range' }>
  const file = await openBytes(location)
  return { bytes: new Uint8Array(await file.slice(offset, offset + length)) }
}
