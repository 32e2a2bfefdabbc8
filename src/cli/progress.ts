/** How far a long command has come: a bar on a terminal, else a line now and then; on standard error. */
import { note, terminalWidth } from './platform.js'

export class Progress {
  /** Columns of the terminal; undefined where there is none. */
  readonly #columns: number | undefined = terminalWidth()
  #total = 0
  #done = 0
  #drawn = ''

  /** Begins; `done` of `total` images are there from an earlier run. */
  begin(total: number, done: number, shards: number): void {
    this.#total = total
    this.#done = done
    if (done > 0) this.#line(`${shards} shards with the first ${done} of ${total} images are there already; going on`)
    this.#draw()
  }

  image(): void {
    this.#done++
    this.#draw()
  }

  shard(name: string, images: number): void {
    this.#line(`${name}: ${images} images`)
  }

  skipped(path: string, reason: string): void {
    this.#line(`left out ${path}: ${reason}`)
  }

  /** Leaves the terminal as a following line expects it. */
  end(): void {
    this.#clear()
  }

  #line(text: string): void {
    this.#clear()
    note(`${text}\n`)
    this.#draw()
  }

  #draw(): void {
    if (this.#columns === undefined || this.#total === 0) return
    const counts = ` ${this.#done}/${this.#total} images`
    const width = Math.max(1, Math.min(40, this.#columns - counts.length - 3))
    const full = Math.floor((width * this.#done) / this.#total)
    const bar = `[${'#'.repeat(full)}${' '.repeat(width - full)}]${counts}`
    if (bar === this.#drawn) return
    note(`\r${bar}`)
    this.#drawn = bar
  }

  #clear(): void {
    if (this.#drawn !== '') note(`\r${' '.repeat(this.#drawn.length)}\r`)
    this.#drawn = ''
  }
}
