/** Makes batches of plans: memory, chunks, faults, and the batch in the end. One maker serves one subscription. */
import type { Batch, BatchPlan } from '../batch.js'
import { normalizationOf } from '../kernels/batchNormalization.js'
import type { Shape } from '../kernels/step.js'
import type { FixedMemory } from '../kernels/wasm/module.js'
import { BatchRows, type MadeRows, type RowsRun } from './batchRows.js'
import { checkTargets } from './batchTargets.js'
import { ByteRoom, type Place } from './byteRoom.js'
import { programsOf } from './chunks.js'
import { FaultBudget, type FaultPolicy } from './faults.js'
import { batchSpec, batchSteps, commonShape, rowPlans, shapeOf } from './plannedRows.js'
import type { Runner } from './pool.js'
import { CANCELLED, SlotRing, type SlotShape, slotBytes, slotViews } from './slot.js'
import { SlotBatch } from './slotBatch.js'
import { type RowPlan, writeTable } from './table.js'
import type { RowFault, SlotRef, WorkTimes } from './task.js'

/** The share of `maxBytes` that is for images which are fetched from web servers before their turn. */
const AHEAD_SHARE = 1 / 4

export interface MakerOptions {
  readonly runner: Runner
  /** Batches in flight or ready at most. */
  readonly depth: number
  readonly faults: FaultPolicy
  /** Bytes that batches and what is fetched for them may take, until they are handed over. */
  readonly maxBytes?: number | undefined
  /** What the sink wants: `uint8` leaves `normalize` to it. */
  readonly format: 'uint8' | 'float32'
  /** Told, once, that many batches are out and not released. */
  readonly onHoarding: (outstanding: number) => void
}

export class BatchMaker {
  readonly #options: MakerOptions
  readonly #ring: SlotRing
  readonly #run: RowsRun
  readonly #active = new Set<FixedMemory>()
  readonly #times: Record<string, number> = {}
  readonly #hoard: number
  readonly #room: ByteRoom | undefined
  readonly #places = new WeakMap<Batch, Place>()
  /** Bytes that each thread may fetch from web servers before their turn. */
  readonly #ahead: number | undefined
  #lastShape: Shape | undefined
  #stopped = false
  #warned = false

  constructor(options: MakerOptions) {
    this.#options = options
    this.#ring = new SlotRing(options.depth + 2)
    this.#hoard = 4 * (options.depth + 2) + 16
    const { maxBytes, runner, faults } = options
    this.#run = {
      runner,
      budget: new FaultBudget(faults),
      isStopped: () => this.#stopped,
      note: times => this.#note(times)
    }
    if (maxBytes === undefined) return
    this.#room = new ByteRoom(maxBytes * (1 - AHEAD_SHARE))
    this.#ahead = Math.floor((maxBytes * AHEAD_SHARE) / Math.max(1, runner.workers))
  }

  /** Milliseconds of work so far, over all workers. */
  details(): WorkTimes {
    return { ...this.#times }
  }

  /** Ends the work in flight at the next sample. */
  stop(): void {
    this.#stopped = true
    this.#room?.close()
    for (const { buffer } of this.#active) Atomics.store(new Int32Array(buffer, 0, 1), CANCELLED, 1)
  }

  /** Takes note that a batch is no longer this maker's, but its consumer's. */
  handOver(batch: Batch): void {
    this.#places.get(batch)?.leave()
  }

  /** Makes a batch; undefined where no sample of it could be made. To be called in the order of the batches. */
  async make(plan: BatchPlan): Promise<Batch | undefined> {
    const place = this.#room?.queue()
    try {
      const batch = await this.#make(plan, place)
      if (batch === undefined) place?.leave()
      else if (place !== undefined) this.#places.set(batch, place)
      return batch
    } catch (error) {
      place?.leave()
      throw error
    }
  }

  async #make(plan: BatchPlan, place: Place | undefined): Promise<Batch | undefined> {
    const { program, normalization, own } = batchSteps(plan)
    const float = (normalization ?? own) !== undefined && this.#options.format === 'float32'
    checkTargets(plan, program)
    const planned = rowPlans(plan.samples)
    const rows = planned instanceof Promise ? await planned : planned
    let shape = shapeOf(rows) ?? this.#lastShape ?? (await this.#probe(rows))
    this.#run.budget.seen(rows.length)
    const mixes = program.steps.length > 0
    await place?.enter(slotBytes(this.#shape(plan, shape ?? [1, 1, 1], float, mixes)))
    for (;;) {
      const slot = this.#slot(plan, shape ?? [1, 1, 1], float, mixes)
      const batch = batchSpec(plan.samples[0]!, program, { normalization: float ? normalization : undefined, own })
      try {
        const made = await new BatchRows(this.#run, rows, slot, batch, program).make()
        if (isFaults(made)) {
          if (!this.#stopped) shape = commonShape(rows, made, shape)
          this.#release(slot)
          if (this.#stopped) return undefined
          continue
        }
        this.#active.delete(slot.memory)
        if (made.keys.length === 0 || this.#stopped) {
          this.#ring.release(slot.memory)
          return undefined
        }
        this.#lastShape = shape
        const by = own && made.moments ? normalizationOf(made.moments, own.epsilon) : normalization
        return new SlotBatch({
          plan,
          slot,
          ...made,
          momentum: own?.momentum,
          normalization: float ? undefined : by,
          normalized: float ? by : undefined,
          release: () => this.#ring.release(slot.memory)
        })
      } catch (error) {
        this.#release(slot)
        throw error
      }
    }
  }

  #shape({ samples, labelWidth }: BatchPlan, size: Shape, float: boolean, mixes: boolean): SlotShape {
    const [height, width, channels] = size
    const masks = samples[0]!.mask !== undefined
    return { n: samples.length, height, width, channels, labelWidth, float, masks, mixes }
  }

  #slot(plan: BatchPlan, size: Shape, float: boolean, mixes: boolean): SlotRef {
    const shape = this.#shape(plan, size, float, mixes)
    const memory = this.#ring.acquire(slotBytes(shape))
    this.#active.add(memory)
    Atomics.store(slotViews(memory, shape).header, CANCELLED, this.#stopped ? 1 : 0)
    if (this.#ring.outstanding > this.#hoard && !this.#warned) {
      this.#warned = true
      this.#options.onHoarding(this.#ring.outstanding)
    }
    return { memory, shape, ahead: this.#ahead }
  }

  #release(slot: SlotRef): void {
    this.#active.delete(slot.memory)
    this.#ring.release(slot.memory)
  }

  /** Makes the first image that can be made, to learn its shape. */
  async #probe(rows: readonly RowPlan[]): Promise<Shape | undefined> {
    for (const row of rows) {
      if (this.#stopped) return undefined
      const work = { kind: 'pixels', table: writeTable([row]) } as const
      const outcome = await this.#options.runner.run(work, programsOf([row])).catch(() => undefined)
      const image = outcome?.pixels[0]
      if (image !== undefined) return [image.height, image.width, image.channels]
    }
    return undefined
  }

  #note(times: readonly WorkTimes[]): void {
    for (const of of times) {
      for (const [name, ms] of Object.entries(of)) this.#times[name] = (this.#times[name] ?? 0) + ms
    }
  }
}

function isFaults(made: MadeRows | readonly RowFault[]): made is readonly RowFault[] {
  return Array.isArray(made)
}
