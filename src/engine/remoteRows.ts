/** The encoded images and masks of a table that lie on web servers: fetched before their turn, many in one request. */
import { isRemote } from '../storage/location.js'
import { readAll } from '../storage/readAll.js'
import { RemoteBytes } from '../storage/remoteBytes.js'
import { type EncodedRef, encodedIn } from './encoded.js'
import type { Fetching, ReadAhead } from './readAhead.js'
import { isDecoded } from './rows.js'
import type { SampleTable } from './task.js'

/** One image. */
interface Part {
  readonly ref: EncodedRef
  request: Request
}

/** Images that one request brings: one that is a file of its own, or neighbours in one file. */
interface Request {
  readonly location: string
  /** Whether the bytes are a part of a file, and not all of it. */
  readonly isPart: boolean
  readonly start: number
  end: number
  /** How many images it brings, and how many of them are still to be taken. */
  images: number
  left: number
  bytes: Promise<Uint8Array> | undefined
  /** Whether its room has been given back. */
  done: boolean
}

/** What lies between two images is fetched along with them where that costs less than another request. */
const WIDEST_GAP = 2 ** 16 // bytes
const LARGEST_REQUEST = 2 ** 22 // bytes
/** A file whose size is not known counts as so many bytes. */
const UNKNOWN_BYTES = 2 ** 20

/** Files that this thread reads, so that one which changes is noticed; the eldest are forgotten. */
const files = new Map<string, RemoteBytes>()
const MOST_FILES = 64

export class RemoteRows implements Fetching {
  readonly #images: ReadonlyMap<number, Part>
  readonly #masks: ReadonlyMap<number, Part>
  /** In the order in which they are needed. */
  readonly #requests: readonly Request[]
  readonly #room: ReadAhead
  readonly #control = new AbortController()
  #next = 0

  /** What a table needs from web servers; undefined where that is nothing. */
  static of(table: SampleTable, room: ReadAhead): RemoteRows | undefined {
    const images = new Map<number, Part>()
    const masks = new Map<number, Part>()
    const note = (parts: Map<number, Part>, i: number, ref: EncodedRef): void => {
      if (ref.kind === 'bytes' || !isRemote(locationOf(ref))) return
      parts.set(i, { ref, request: requestOf(ref) })
    }
    for (let i = 0; i < table.count; i++) {
      if (isDecoded(table, i)) note(images, i, encodedIn(table, i))
      const mask = table.targets?.[i]?.mask
      if (mask !== undefined && mask.kind !== 'pixels') note(masks, i, mask)
    }
    if (images.size === 0 && masks.size === 0) return undefined
    const rows = new RemoteRows(images, masks, room)
    room.join(rows)
    rows.proceed()
    return rows
  }

  private constructor(images: ReadonlyMap<number, Part>, masks: ReadonlyMap<number, Part>, room: ReadAhead) {
    this.#images = images
    this.#masks = masks
    this.#room = room
    const parts = [...images, ...masks].sort(([a], [b]) => a - b).map(([, part]) => part)
    join(parts)
    this.#requests = [...new Set(parts.map(part => part.request))]
  }

  /** The image of a row, once: its memory is given back then. Undefined where it is on no web server. */
  image(i: number): Promise<Uint8Array> | undefined {
    return this.#take(this.#images.get(i))
  }

  /** The mask of a row, likewise. */
  mask(i: number): Promise<Uint8Array> | undefined {
    return this.#take(this.#masks.get(i))
  }

  proceed(): void {
    for (; this.#next < this.#requests.length; this.#next++) {
      const request = this.#requests[this.#next]!
      if (request.bytes !== undefined) continue
      if (!this.#room.take(request.end - request.start)) return
      this.#begin(request)
    }
  }

  /** Ends all requests. */
  end(): void {
    this.#room.leave(this)
    this.#control.abort(new Error('the batch is not wanted any more'))
    for (const request of this.#requests) this.#giveBack(request)
  }

  #take(part: Part | undefined): Promise<Uint8Array> | undefined {
    return part && this.#taken(part)
  }

  async #taken({ ref, request }: Part): Promise<Uint8Array> {
    if (request.bytes === undefined) {
      // Its turn has come, so it does not wait for room: what has the room may be needed after it.
      this.#room.force(request.end - request.start)
      this.#begin(request)
    }
    const { signal } = this.#control
    try {
      const bytes = await request.bytes!
      return ref.kind === 'range' ? bytes.subarray(ref.offset - request.start).subarray(0, ref.length) : bytes
    } catch (error) {
      // Perhaps another one of them is to blame, such as the last of a file that was cut.
      if (request.images === 1 || ref.kind !== 'range' || signal.aborted || isUnreachable(error)) throw error
      return await fileAt(ref.location).read(ref.offset, ref.offset + ref.length, signal)
    } finally {
      if (--request.left === 0) this.#giveBack(request)
    }
  }

  #begin(request: Request): void {
    const { location, isPart, start, end } = request
    const { signal } = this.#control
    const bytes = isPart ? fileAt(location).read(start, end, signal) : readAll(location, { signal })
    request.bytes = bytes.finally(() => this.#room.answered())
    request.bytes.catch(() => {}) // it is told to whoever takes it
  }

  #giveBack(request: Request): void {
    if (request.bytes === undefined || request.done) return
    request.done = true
    this.#room.give(request.end - request.start)
  }
}

function locationOf(ref: Exclude<EncodedRef, { kind: 'bytes' }>): string {
  return ref.kind === 'file' ? ref.path : ref.location
}

function requestOf(ref: Exclude<EncodedRef, { kind: 'bytes' }>): Request {
  const location = locationOf(ref)
  const more = { location, images: 1, left: 1, bytes: undefined, done: false }
  if (ref.kind === 'file') return { ...more, isPart: false, start: 0, end: UNKNOWN_BYTES }
  return { ...more, isPart: true, start: ref.offset, end: ref.offset + ref.length }
}

/** Makes one request of neighbours. */
function join(parts: readonly Part[]): void {
  const inOrder = parts
    .filter(({ request }) => request.isPart)
    .sort(
      ({ request: a }, { request: b }) =>
        (a.location < b.location ? -1 : +(a.location > b.location)) || a.start - b.start
    )
  let open: Request | undefined
  for (const part of inOrder) {
    const { location, start, end } = part.request
    const fits = open?.location === location && start <= open.end + WIDEST_GAP && end - open.start <= LARGEST_REQUEST
    if (open !== undefined && fits) {
      open.end = Math.max(open.end, end)
      open.images++
      open.left++
      part.request = open
    } else {
      open = part.request
    }
  }
}

function fileAt(location: string): RemoteBytes {
  // A server that ignores ranges would send the whole shard for each image.
  const file = files.get(location) ?? new RemoteBytes(location, { maxWholeBytes: 0 })
  files.delete(location)
  files.set(location, file)
  if (files.size > MOST_FILES) files.delete(files.keys().next().value!)
  return file
}

function isUnreachable(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'UNREACHABLE'
}
