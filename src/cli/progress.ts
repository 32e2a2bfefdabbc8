/** How far a long command has come: a bar on a terminal, and lines of what happened; on standard error. */
import { note, terminalWidth } from './platform.js'

export class Progress {
  /** Columns of the terminal; undefined where there is none. */
  readonly #columns: number | undefined = terminalWidth()
  readonly #unit: string
  #total = 0
  #done = 0
  #drawn = ''

  /** Counts images, or something else. */
  constructor(unit = 'images') {
    this.#unit = unit
  }

  /** Begins; some of `total` may be there from an earlier run. */
  begin(total: number, done = 0): void {
    this.#total = total
    this.#done = done
    this.#draw()
  }

  add(count = 1): void {
    this.#done += count
    this.#draw()
  }

  /** Says something that stays, above the bar. */
  line(text: string): void {
    this.end()
    note(`${text}\n`)
    this.#draw()
  }

  /** Leaves the terminal as a following line expects it. */
  end(): void {
    if (this.#drawn !== '') note(`\r${' '.repeat(this.#drawn.length)}\r`)
    this.#drawn = ''
  }

  #draw(): void {
    if (this.#columns === undefined || this.#total === 0) return
    const counts = ` ${this.#done}/${this.#total} ${this.#unit}`
    const width = Math.max(1, Math.min(40, this.#columns - counts.length - 3))
    const full = Math.min(width, Math.floor((width * this.#done) / this.#total))
    const bar = `[${'#'.repeat(full)}${' '.repeat(width - full)}]${counts}`
    if (bar === this.#drawn) return
    note(`\r${bar}`)
    this.#drawn = bar
  }
}
