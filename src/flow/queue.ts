/** A queue whose ends cost the same however long it is. */

/** Shifted slots are given back when they are this many and half of all. */
const SLACK = 64

export class Queue<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined as T
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head >= SLACK && this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }

  /** Empties the queue and returns what was in it. */
  drain(): T[] {
    const items = this.#items.slice(this.#head)
    this.#items.length = 0
    this.#head = 0
    return items
  }
}
