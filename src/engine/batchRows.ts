/** The rows of one batch in its slot: made, substituted where they failed, closed up, finished. */
import type { Fault, Moments } from '../batch.js'
import type { Targets } from '../sample.js'
import { batchTargets } from './batchTargets.js'
import { type ChunksResult, runChunks } from './chunks.js'
import { type FaultBudget, sizesError } from './faults.js'
import { batchSpec, keepPixels, rowPlan } from './plannedRows.js'
import type { Runner } from './pool.js'
import { substituteFor } from './substitute.js'
import type { RowPlan } from './table.js'
import type { BatchSpec, ProgramSpec, RowFault, RowTargets, SlotRef, WorkTimes } from './task.js'

/** What the batches of a subscription share. */
export interface RowsRun {
  readonly runner: Runner
  readonly budget: FaultBudget
  /** Whether the subscription has ended, so that nothing more is wanted. */
  isStopped(): boolean
  /** Told what the work took. */
  note(times: readonly WorkTimes[]): void
}

/** The rows of a batch that are there. */
export interface MadeRows {
  readonly keys: readonly string[]
  readonly faults: readonly Fault[]
  /** Boxes and keypoints, where the samples have any. */
  readonly targets: readonly Targets[] | undefined
  readonly moments: Moments | undefined
}

const NONE: MadeRows = { keys: [], faults: [], targets: undefined, moments: undefined }

export class BatchRows {
  readonly #run: RowsRun
  readonly #rows: readonly RowPlan[]
  readonly #slot: SlotRef
  readonly #batch: BatchSpec
  readonly #program: ProgramSpec
  /** Of each row: its sample's, or that of the substitute. */
  readonly #keys: string[]
  readonly #targets = new Map<number, RowTargets>()
  readonly #failed = new Set<number>()

  constructor(run: RowsRun, rows: readonly RowPlan[], slot: SlotRef, batch: BatchSpec, program: ProgramSpec) {
    this.#run = run
    this.#rows = rows
    this.#slot = slot
    this.#batch = batch
    this.#program = program
    this.#keys = rows.map(({ sample }) => sample.key)
  }

  /** Makes all rows and finishes the batch; gives the rows at fault where images are not of the slot's size. */
  async make(): Promise<MadeRows | readonly RowFault[]> {
    const { budget } = this.#run
    const result = await this.#chunks(this.#rows, true)
    keepPixels(this.#rows, result.pixels)
    if (result.finished) {
      const all = this.#rows.map(({ row }) => row)
      return { keys: this.#keys, faults: [], targets: this.#targetsOf(all), moments: result.moments }
    }
    if (this.#run.isStopped()) return NONE
    if (result.faults.some(({ shape }) => shape !== undefined)) return result.faults

    const faults = result.faults.map(fault => budget.take(this.#rows[fault.row]!.sample, fault))
    for (const { row } of result.faults) this.#failed.add(row)
    if (budget.action === 'substitute') {
      for (const row of [...this.#failed]) faults.push(...(await this.#substitute(this.#rows[row]!)))
    }
    const kept = this.#rows.map(({ row }) => row).filter(row => !this.#failed.has(row))
    if (kept.length === 0) return { ...NONE, faults }
    const moments = await this.#finish(kept)
    return { keys: kept.map(row => this.#keys[row]!), faults, targets: this.#targetsOf(kept), moments }
  }

  async #chunks(rows: readonly RowPlan[], whole: boolean): Promise<ChunksResult> {
    const result = await runChunks(this.#run.runner, rows, this.#slot, this.#batch, this.#program, whole)
    this.#run.note(result.times)
    for (const of of result.targets) this.#targets.set(of.row, of)
    return result
  }

  /** Closes the gaps of rows that are not there, and runs the batch steps over those that are. */
  async #finish(rows: readonly number[]): Promise<Moments | undefined> {
    const batch = batchSpec(this.#rows[rows[0]!]!.sample, this.#program, this.#batch)
    const work = { kind: 'finish', slot: this.#slot, batch, rows } as const
    const { moments, times } = await this.#run.runner.run(work, [this.#program])
    this.#run.note([times])
    return moments
  }

  /** Puts another sample in a row; a substitute may fail as well, and then the next one is tried. Gives those faults. */
  async #substitute({ row, sample: missing }: RowPlan): Promise<Fault[]> {
    const faults: Fault[] = []
    for await (const { sample, role, place } of substituteFor(missing)) {
      if (this.#run.isStopped()) break
      const { faults: failures } = await this.#chunks([await rowPlan(sample, row, role, place)], false)
      const fault = failures[0]
      if (fault === undefined) {
        this.#keys[row] = sample.key
        this.#failed.delete(row)
        break
      }
      if (fault.shape !== undefined) {
        const { height, width, channels } = this.#slot.shape
        const wanted = { sample: missing, shape: [height, width, channels] as const }
        throw sizesError([wanted, { sample, shape: fault.shape }])
      }
      faults.push(this.#run.budget.take(sample, fault))
    }
    return faults
  }

  #targetsOf(kept: readonly number[]): readonly Targets[] | undefined {
    if (this.#targets.size === 0) return undefined
    const { height, width, channels } = this.#slot.shape
    return batchTargets(
      this.#program,
      this.#rows[kept[0]!]!.sample,
      [kept.length, height, width, channels],
      kept.map(row => this.#targets.get(row)!)
    )
  }
}
