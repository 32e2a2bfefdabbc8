/** Failures that may pass, and how long to wait before the next try. */
import { SourceError } from '../errors.js'
import { showLocation } from './location.js'
import { afterMs } from './platform.js'

/** How patient reading through the network is. */
export interface ReadOptions {
  /**
   * Milliseconds within which an answer must begin, and go on: while a body comes, at least a kilobyte in that time.
   * @defaultValue 30000
   */
  readonly timeoutMs?: number | undefined
  /**
   * How often in a row a request is tried again that failed for a reason which may pass: no connection, no answer in
   * time, a connection that broke, the status 408, 425, 429, 500, 502, 503 or 504.
   * @defaultValue 6
   */
  readonly retries?: number | undefined
  /**
   * Milliseconds before the first of them, doubled each time up to 10 seconds; a server's `Retry-After` is
   * respected up to a minute.
   * @defaultValue 200
   */
  readonly backoffMs?: number | undefined
  /** Ends reading with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A failure that may pass. */
export class Transient extends Error {
  readonly retryAfterMs: number

  constructor(message: string, { retryAfterMs = 0, cause }: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.retryAfterMs = retryAfterMs
  }
}

const LONGEST_BACKOFF = 10_000 // ms
const LONGEST_RETRY_AFTER = 60_000 // ms
/** So many bytes make a try worth its while: the next failure counts as the first. */
const PROGRESS = 1 << 16

/** Counts the failures in a row, and waits after each. */
export class Patience {
  readonly #options: ReadOptions
  #failures = 0

  constructor(options: ReadOptions) {
    this.#options = options
  }

  /**
   * Waits before the next try.
   *
   * @param progress bytes that came before it failed
   * @throws the error, where another try does not help, or there were enough
   */
  async after(error: unknown, progress: number, url: string): Promise<void> {
    if (!(error instanceof Transient)) throw error
    const { retries = 6, backoffMs = 200, signal } = this.#options
    this.#failures = progress >= PROGRESS ? 1 : this.#failures + 1
    if (this.#failures > retries) {
      const times = this.#failures === 1 ? 'once' : `${this.#failures} times`
      const message = `${showLocation(url)} could not be read; tried ${times}, and the last time ${error.message}.`
      throw new SourceError(message, { code: 'UNREACHABLE', cause: error.cause })
    }
    const backoff = Math.min(LONGEST_BACKOFF, backoffMs * 2 ** (this.#failures - 1))
    await waitMs(Math.max(backoff, Math.min(LONGEST_RETRY_AFTER, error.retryAfterMs)), signal)
  }
}

function waitMs(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = (): void => {
      clear()
      reject(signal?.reason)
    }
    const clear = afterMs(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}
