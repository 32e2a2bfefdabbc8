/** One GET request: it is answered in time, and by what was asked for, or it fails. */
import { SourceError } from '../errors.js'
import { parseUrl } from './location.js'
import { afterMs, base64, httpGet } from './platform.js'
import { refused } from './refusals.js'
import { type ReadOptions, Transient } from './transient.js'

/** What an answer says of the file, and the bytes that came. */
export interface Answer {
  /** Whether it is the part that was asked for, and not the whole file. */
  readonly partial: boolean
  /** Where the body begins and ends in the file; `end` is undefined where the server does not tell. */
  readonly start: number
  readonly end: number | undefined
  /** Bytes of the whole file, where the server tells. */
  readonly total: number | undefined
  /** Tells one state of the file from another, where the server has such a thing. */
  readonly version: string | undefined
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Within the time-out, so many bytes must come, or the server is as good as dead. */
const LEAST_BYTES = 1024

/**
 * Asks for the bytes from `start` to `end` (to the last where it is left out), and hands the answer over.
 *
 * @throws Transient where another try may help; SourceError where not
 */
export async function request<T>(
  url: string,
  { start, end }: { readonly start: number; readonly end?: number | undefined },
  options: ReadOptions,
  use: (answer: Answer) => T | Promise<T>
): Promise<T> {
  const { timeoutMs = 30_000, signal } = options
  signal?.throwIfAborted()
  const control = new AbortController()
  const abort = (): void => control.abort()
  signal?.addEventListener('abort', abort, { once: true })
  let late = false
  let stop = (): void => {}
  const watch = (): void => {
    stop()
    stop = afterMs(timeoutMs, () => {
      late = true
      control.abort()
    })
  }
  watch()
  try {
    const { href, headers } = addressOf(url)
    const range = start > 0 || end !== undefined ? { range: `bytes=${start}-${end === undefined ? '' : end - 1}` } : {}
    // A compressed body would have other lengths than the file.
    const response = await httpGet(href, { 'accept-encoding': 'identity', ...headers, ...range }, control.signal)
    watch()
    return await use(answerOf(url, response, start, end, watch))
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (late) throw new Transient(`it gave no answer, or less than a kilobyte, within ${timeoutMs} ms`)
    if (error instanceof SourceError || error instanceof Transient) throw error
    throw new Transient(`the connection failed (${reasonOf(error)})`, { cause: error })
  } finally {
    stop()
    signal?.removeEventListener('abort', abort)
    control.abort() // frees the connection where the body was not read to its end
  }
}

/** `fetch` takes no URL with a password: it becomes the header that it stands for. */
function addressOf(location: string): { href: string; headers: Record<string, string> } {
  const url = parseUrl(location)
  const { username, password } = url
  if (username === '' && password === '') return { href: url.href, headers: {} }
  url.username = ''
  url.password = ''
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { href: url.href, headers: { authorization: `Basic ${base64(user)}` } }
}

function answerOf(url: string, response: Response, start: number, end: number | undefined, watch: () => void): Answer {
  const { status, headers } = response
  const encoded = (headers.get('content-encoding') ?? 'identity') !== 'identity'
  const version = headers.get('etag') ?? headers.get('last-modified') ?? undefined
  const chunks = watched(response, watch)
  if (status === 206) {
    const place = placeOf(url, headers.get('content-range'), start, end)
    if (encoded) throw refused(url, 'compresses parts of a file, whose places are then unknown')
    return { partial: true, ...place, version, chunks }
  }
  if (status === 200) {
    const length = encoded ? undefined : wholeNumber(headers.get('content-length'))
    return { partial: false, start: 0, end: length, total: length, version, chunks }
  }
  if (status === 416) {
    const total = wholeNumber(/^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1])
    if (total !== undefined && total <= start)
      return { partial: true, start, end: start, total, version, chunks: none() }
  }
  throw statusError(url, status, headers)
}

/** The range that a part says it is. It may end earlier than it was asked to, but not be another. */
function placeOf(
  url: string,
  header: string | null,
  start: number,
  end: number | undefined
): { start: number; end: number; total: number | undefined } {
  const [, from, to, of] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '') ?? []
  const place = { start: Number(from), end: Number(to) + 1, total: of === '*' ? undefined : wholeNumber(of) }
  const wanted = `bytes ${start}-${end === undefined ? '' : end - 1}`
  const fits =
    place.start === start && place.end > start && place.end <= Math.min(end ?? Infinity, place.total ?? Infinity)
  if (from !== undefined && fits && Number.isSafeInteger(place.end)) return place
  throw refused(url, `was asked for ${wanted}, and answered with ${header ?? 'no range at all'}`)
}

function wholeNumber(text: string | null | undefined): number | undefined {
  const number = text !== null && text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])
const HINTS: Readonly<Record<number, string>> = {
  401: 'it wants a login',
  403: 'access is denied, or a presigned URL has run out',
  404: 'there is no such file',
  410: 'the file is gone'
}

function statusError(url: string, status: number, headers: Headers): Error {
  if (!PASSING.has(status)) return refused(url, `answered ${status}${HINTS[status] ? `: ${HINTS[status]}` : ''}`)
  return new Transient(`it answered ${status}`, { retryAfterMs: retryAfter(headers) })
}

/** Milliseconds; a date (RFC 9110, section 10.2.3) is held against the server's own clock. */
function retryAfter(headers: Headers): number {
  const text = headers.get('retry-after') ?? ''
  const seconds = wholeNumber(text)
  if (seconds !== undefined) return seconds * 1000
  const ms = Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return ms > 0 ? ms : 0 // none, too, where one of them is no date
}

/** The chunks of a body, with the time-out set anew for each kilobyte. */
async function* watched({ body }: Response, watch: () => void): AsyncGenerator<Uint8Array, void, undefined> {
  let since = 0
  for await (const chunk of body ?? none()) {
    since += chunk.length
    if (since >= LEAST_BYTES) {
      since = 0
      watch()
    }
    yield chunk
  }
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } }
  return cause?.code ?? (cause?.message || message) ?? String(error)
}
