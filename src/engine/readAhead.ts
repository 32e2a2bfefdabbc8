/** How much a thread may fetch from web servers before it is needed. */

/** Whoever waits for room. */
export interface Fetching {
  /** Begins what there is room for. */
  proceed(): void
}

/** 32 MiB */
const DEFAULT_LIMIT = 2 ** 25
/** Requests at a time. */
const MOST_REQUESTS = 8

/** The room of one thread, shared by its tasks; those that came first are served first. */
export class ReadAhead {
  /** Bytes that are under way or wait for their turn. A single image that is larger has the room to itself. */
  limit: number = DEFAULT_LIMIT
  readonly #waiting = new Set<Fetching>()
  #bytes = 0
  #requests = 0

  /** Takes room, if there is any. */
  take(bytes: number): boolean {
    if (this.#requests >= MOST_REQUESTS || (this.#bytes > 0 && this.#bytes + bytes > this.limit)) return false
    this.force(bytes)
    return true
  }

  /** Takes room that there may not be, for what is needed now. */
  force(bytes: number): void {
    this.#bytes += bytes
    this.#requests++
  }

  /** A request has been answered; its bytes are kept until they are used. */
  answered(): void {
    this.#requests--
    this.#proceed()
  }

  give(bytes: number): void {
    this.#bytes -= bytes
    this.#proceed()
  }

  join(fetching: Fetching): void {
    this.#waiting.add(fetching)
  }

  leave(fetching: Fetching): void {
    this.#waiting.delete(fetching)
  }

  #proceed(): void {
    for (const fetching of this.#waiting) fetching.proceed()
  }
}
