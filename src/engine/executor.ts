/** Executes work: the same code in a worker thread and, with `workers: 0`, on the main thread. */
import type { Image } from '../kernels/step.js'
import { closeRows, finishBatch } from './finish.js'
import { everyMs, later, now } from './platform.js'
import { ProgramStore } from './programStore.js'
import { ReadAhead } from './readAhead.js'
import { RemoteRows } from './remoteRows.js'
import { type MadeRow, RowMaker } from './rowMaker.js'
import { at, faultOf, isDecoded, made, type OpenBatch, sharedCopy, writeLabel, writeTargets } from './rows.js'
import { CANCELLED, FAULTS, REMAINING, slotViews } from './slot.js'
import {
  type ChunkWork,
  Column,
  type FinishWork,
  type MadePixels,
  type Outcome,
  type PixelsWork,
  type RowFault,
  type SampleTable,
  type Task
} from './task.js'
import { Times } from './times.js'

/** Milliseconds after which an executor on the main thread lets other things happen. */
const TURN_MS = 8

/** Milliseconds after which waiting for a web server sees that nobody wants the batch any more. */
const CANCEL_MS = 20

const NOTHING: Pick<Outcome, 'faults' | 'pixels' | 'targets' | 'moments'> = {
  faults: [],
  pixels: [],
  targets: [],
  moments: undefined
}

/** One thread's executor, with the programs that it was sent. */
export class Executor {
  readonly #programs = new ProgramStore()
  readonly #times = new Times()
  readonly #rows = new RowMaker(this.#programs, this.#times)
  readonly #yields: boolean
  readonly #ahead = new ReadAhead()
  /** What is being fetched for tasks that were announced. */
  readonly #coming = new Map<Task, RemoteRows | undefined>()
  #turn = 0

  /** @param yields whether other things happen on this thread, which must not wait for a whole chunk */
  constructor({ yields }: { readonly yields: boolean }) {
    this.#yields = yields
  }

  /** Begins to fetch what a task needs from web servers, although others are still to be done before it. */
  announce(task: Task): void {
    const { work } = task
    if (work.kind === 'finish') return
    if (work.kind === 'chunk' && work.ahead !== undefined) this.#ahead.limit = work.ahead
    this.#coming.set(task, RemoteRows.of(work.table, this.#ahead))
  }

  async execute(task: Task): Promise<Outcome> {
    if (!this.#coming.has(task)) this.announce(task)
    const remote = this.#coming.get(task)
    this.#coming.delete(task)
    try {
      return await this.#execute(task, remote)
    } finally {
      remote?.end()
    }
  }

  async #execute({ programs, forget, work }: Task, remote: RemoteRows | undefined): Promise<Outcome> {
    if (forget) this.#programs.clear()
    this.#programs.add(programs)
    this.#turn = now()
    if (work.kind === 'chunk') return this.#chunk(work, remote)
    if (work.kind === 'finish') return this.#finish(work)
    return this.#pixels(work, remote)
  }

  async #chunk({ table, slot, batch }: ChunkWork, remote: RemoteRows | undefined): Promise<Outcome> {
    const views = slotViews(slot.memory, slot.shape)
    const { header } = views
    const watch = remote && everyMs(CANCEL_MS, () => Atomics.load(header, CANCELLED) !== 0 && remote.end())
    const faults: RowFault[] = []
    const open: OpenBatch = { wanted: slot.shape, views, pixels: [], targets: [] }
    for (let i = 0; i < table.count; i += at(table, i, Column.span)) {
      if (Atomics.load(header, CANCELLED) !== 0) break
      this.#times.beginRow(i, table.count, isDecoded(table, i))
      try {
        const row = this.#rows.make(table, i, { fits: slot.shape, remote, onStep: keeper(table, i, open) })
        this.#write(table, i, row instanceof Promise ? await row : row, open)
      } catch (error) {
        faults.push(faultOf(table, i, error))
        Atomics.add(header, FAULTS, 1)
      }
      if (this.#isTurnOver()) await this.#breathe()
    }
    watch?.()
    const complete = Atomics.sub(header, REMAINING, 1) === 1
    const finished = complete && Atomics.load(header, FAULTS) === 0 && Atomics.load(header, CANCELLED) === 0
    const program = this.#programs.ofBatch(batch.program)
    const moments = finished ? finishBatch(program, slot, batch, slot.shape.n, this.#times) : undefined
    return { faults, finished, pixels: open.pixels, targets: open.targets, moments, times: this.#times.take() }
  }

  #finish({ slot, batch, rows }: FinishWork): Outcome {
    closeRows(slot, rows)
    const moments = finishBatch(this.#programs.ofBatch(batch.program), slot, batch, rows.length, this.#times)
    return { ...NOTHING, finished: true, moments, times: this.#times.take() }
  }

  async #pixels({ table }: PixelsWork, remote: RemoteRows | undefined): Promise<Outcome> {
    const faults: RowFault[] = []
    const pixels: MadePixels[] = []
    for (let i = 0; i < table.count; i += at(table, i, Column.span)) {
      this.#times.beginRow(i, table.count, isDecoded(table, i))
      try {
        const { image } = await this.#rows.make(table, i, { whole: true, remote })
        pixels.push(made(at(table, i, Column.row), { ...image, data: sharedCopy(image.data) }))
      } catch (error) {
        faults.push(faultOf(table, i, error))
      }
      if (this.#isTurnOver()) await this.#breathe()
    }
    return { ...NOTHING, faults, finished: true, pixels, times: this.#times.take() }
  }

  /** Writes a row to its place in the batch. */
  #write(table: SampleTable, i: number, { image, label, targets }: MadeRow, batch: OpenBatch): void {
    const { views, wanted } = batch
    const row = at(table, i, Column.row)
    views.bytes.set(image.data, row * image.data.length)
    writeLabel(views.labels, row, wanted.labelWidth, label)
    if (targets !== undefined) writeTargets(targets, row, batch)
    this.#times.lap('write')
  }

  #isTurnOver(): boolean {
    return this.#yields && now() - this.#turn >= TURN_MS
  }

  /** On the main thread, lets other things happen now and then. */
  #breathe(): Promise<void> {
    return new Promise(resolve =>
      later(() => {
        this.#turn = now()
        resolve()
      })
    )
  }
}

/** What keeps the pixels of a row for the cache; undefined where they are not wanted. */
function keeper(
  table: SampleTable,
  i: number,
  { pixels }: OpenBatch
): ((index: number, before: Image) => void) | undefined {
  const keep = at(table, i, Column.keep)
  if (keep < 0) return undefined
  return (index, before) => {
    if (index !== keep) return
    pixels.push(made(at(table, i, Column.row), { ...before, data: sharedCopy(before.data) }))
  }
}
