/** Runs a batch in chunks on a runner, and again where a worker died, until every row is made or known to fail. */
import type { Moments } from '../batch.js'
import { killerFault } from './faults.js'
import { type Runner, WorkerDied } from './pool.js'
import { CANCELLED, FAULTS, REMAINING, slotViews } from './slot.js'
import { type RowPlan, withPartners, writeTable } from './table.js'
import type { BatchSpec, MadePixels, Outcome, ProgramSpec, RowFault, RowTargets, SlotRef, WorkTimes } from './task.js'

/** What became of the rows. */
export interface ChunksResult {
  readonly finished: boolean
  readonly faults: readonly RowFault[]
  readonly pixels: readonly MadePixels[]
  readonly targets: readonly RowTargets[]
  readonly moments: Moments | undefined
  readonly times: readonly WorkTimes[]
}

interface Chunk {
  readonly rows: readonly RowPlan[]
  /** How many workers it has killed, as it is. */
  readonly kills: number
}

/** Small images that are pixels already take microseconds each; fewer pixels in a chunk would cost more to send than to make. */
const LEAST_PIXELS = 2 ** 17

/**
 * Makes the rows in the slot. Every thread is done with the slot when this settles.
 *
 * @param whole whether these are all rows, so that whoever makes the last one finishes the batch
 */
export async function runChunks(
  runner: Runner,
  rows: readonly RowPlan[],
  slot: SlotRef,
  batch: BatchSpec,
  batchProgram: ProgramSpec,
  whole = true
): Promise<ChunksResult> {
  const { header } = slotViews(slot.memory, slot.shape)
  const killers: RowFault[] = []
  let chunks: readonly Chunk[] = split(rows, runner.workers)
  for (;;) {
    Atomics.store(header, REMAINING, chunks.length)
    Atomics.store(header, FAULTS, killers.length + (whole ? 0 : 1))
    const settled = await Promise.allSettled(
      chunks.map(chunk =>
        runner.run({ kind: 'chunk', table: writeTable(chunk.rows), slot, batch }, programsOf(chunk.rows, batchProgram))
      )
    )
    const done = outcomes(settled)
    const dead = chunks.filter((_, i) => settled[i]!.status === 'rejected')
    const finished = done.some(outcome => outcome.finished)
    if (dead.length === 0 || finished || Atomics.load(header, CANCELLED) !== 0) {
      return {
        finished,
        faults: [...killers, ...done.flatMap(outcome => outcome.faults)],
        pixels: done.flatMap(outcome => outcome.pixels),
        targets: done.flatMap(outcome => outcome.targets),
        moments: done.find(outcome => outcome.finished)?.moments,
        times: done.map(outcome => outcome.times)
      }
    }
    chunks = chunks.flatMap(chunk => (dead.includes(chunk) ? afterDeath(chunk, killers) : [chunk]))
    if (chunks.length === 0)
      return { finished: false, faults: killers, pixels: [], targets: [], moments: undefined, times: [] }
  }
}

/** Every program that the rows need. */
export function programsOf(rows: readonly RowPlan[], batchProgram?: ProgramSpec): ProgramSpec[] {
  const programs = new Set<ProgramSpec>(batchProgram === undefined ? [] : [batchProgram])
  for (const row of withPartners(rows)) programs.add(row.program)
  return [...programs]
}

function split(rows: readonly RowPlan[], workers: number): Chunk[] {
  const image = rows[0]?.sample.image
  const least = image?.kind === 'pixels' ? Math.ceil(LEAST_PIXELS / (image.width * image.height)) : 1
  const size = workers < 2 ? rows.length : Math.max(least, Math.ceil(rows.length / (2 * workers)))
  const chunks: Chunk[] = []
  for (let i = 0; i < rows.length; i += size) chunks.push({ rows: rows.slice(i, i + size), kills: 0 })
  return chunks
}

/**
 * Once more as it was; then its rows one by one, as if for the first time, because the deaths may have been chance or
 * another row's; and a row that kills twice by itself is at fault.
 */
function afterDeath(chunk: Chunk, killers: RowFault[]): Chunk[] {
  if (chunk.kills === 0) return [{ rows: chunk.rows, kills: 1 }]
  if (chunk.rows.length > 1) return chunk.rows.map(row => ({ rows: [row], kills: 0 }))
  killers.push(killerFault(chunk.rows[0]!.row))
  return []
}

/** Outcomes of the chunks that came back. A failure that is no death is a fault of the program, and thrown. */
function outcomes(settled: readonly PromiseSettledResult<Outcome>[]): Outcome[] {
  const done: Outcome[] = []
  for (const result of settled) {
    if (result.status === 'fulfilled') done.push(result.value)
    else if (!(result.reason instanceof WorkerDied)) throw result.reason
  }
  return done
}
