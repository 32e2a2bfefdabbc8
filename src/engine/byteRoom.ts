/** Bytes that batches may take which are being made or wait to be taken; the batches enter in their order. */
export class ByteRoom {
  readonly #maxBytes: number
  #bytes = 0
  #waiting: Place[] = []
  #closed = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** A place in the queue, to be taken in the order of the batches. */
  queue(): Place {
    const place = new Place(this.#check)
    this.#waiting.push(place)
    return place
  }

  /** Lets everybody in: nobody needs what they make. */
  close(): void {
    this.#closed = true
    this.#check()
  }

  /** The first one enters where there is room for it, or nobody else; so a batch that is larger than all is made alone. */
  readonly #check = (freed = 0): void => {
    this.#bytes -= freed
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting
      if (!first!.left) {
        const bytes = first!.wanted
        if (bytes === undefined) return
        if (!this.#closed && this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) return
        this.#bytes += bytes
        first!.letIn()
      }
      this.#waiting.shift()
    }
  }
}

/** The place of one batch. */
export class Place {
  /** Bytes that it asks for; undefined before it is known. */
  wanted: number | undefined
  left = false
  readonly #check: (freed?: number) => void
  #entered = false
  #letIn: () => void = () => {}

  constructor(check: (freed?: number) => void) {
    this.#check = check
  }

  /** Waits for so many bytes of room. */
  enter(bytes: number): Promise<void> {
    return new Promise(resolve => {
      this.#letIn = resolve
      this.wanted = bytes
      this.#check()
    })
  }

  letIn(): void {
    this.#entered = true
    this.#letIn()
  }

  /** Gives the room back, or the place in the queue. */
  leave(): void {
    if (this.left) return
    this.left = true
    this.#check(this.#entered ? this.wanted : 0)
  }
}
