/** What `monitor` counts, and what it makes of it. */
import type { Gate } from '../flow/gate.js'
import type { Meter, MeterList } from '../flow/meter.js'
import { now } from '../flow/platform.js'

/** A stage before the monitor. Numbers are those of the report's period. */
export interface StageReport {
  readonly name: string
  /** Items that it holds now: in work, or done and not taken yet. */
  readonly held: number
  /** How many it holds at most. */
  readonly depth: number
  /** Results that it gave out. */
  readonly items: number
  /** Share of the time in which it had room for more items than came. */
  readonly hungryShare: number
  /** Share of the time in which it was full of items in work, so that the next one waited for a place. */
  readonly busyShare: number
  /** Share of the time in which it was full, and its next result waited for who comes after it. */
  readonly stalledShare: number
  /**
   * Milliseconds of the stage's own parts, where it tells them. Those of `prefetch` are of all workers together: `read`,
   * `draw` (the random numbers), `decode`, each step by its name, `write` (into the batch), and `normalize`. Of images
   * that need no decoding one in 16 is timed.
   */
  readonly details: Readonly<Record<string, number>>
  /**
   * Of `prefetch`, from its first batch on: what decodes images, with its version.
   */
  readonly codec: string | undefined
}

/** What {@link monitor} reports. Numbers are those of the time since the report before; at the end, of the whole time. */
export interface MonitorReport {
  readonly seconds: number
  /** Items that passed. */
  readonly items: number
  /** Images in them. */
  readonly images: number
  readonly imagesPerSecond: number
  /** Share of the time in which the consumer waited for an item, 0…1. */
  readonly waitedShare: number
  /** The stages before the monitor, the first of the pipeline first. */
  readonly stages: readonly StageReport[]
  /**
   * `'the consumer'` where it hardly waits; else the stage that holds it up, with the part of it that took longest, as
   * in `'prefetch (decode)'`; or `'the source'` where every stage waits for items.
   */
  readonly bottleneck: string
  /** This is the last report, and it is about the whole time. */
  readonly final: boolean
}

/** A consumer that waits less than this share of its time is the bottleneck. */
const HARDLY = 0.1
/** A stage that has room for more items in this share of the time is not. */
const MOSTLY = 0.5

interface Sums {
  readonly time: number
  readonly items: number
  readonly images: number
  readonly waitedMs: number
  readonly stages: ReadonlyMap<Meter, StageSums>
}

interface StageSums {
  readonly items: number
  readonly hungryMs: number
  readonly busyMs: number
  readonly stalledMs: number
  readonly details: Readonly<Record<string, number>>
}

export class Tally {
  readonly #meters: MeterList
  readonly #gate: Gate | undefined
  readonly #first: Sums
  #last: Sums
  #items = 0
  #images = 0
  #busyMs = 0
  #passedAt = 0

  /** @param gate of the consumer, which is closed while it has no use for more */
  constructor(meters: MeterList, gate: Gate | undefined) {
    this.#meters = meters
    this.#gate = gate
    this.#first = this.#sums()
    this.#last = this.#first
  }

  pass(item: unknown): void {
    this.#items++
    this.#images += imagesIn(item)
    if (this.#gate === undefined) this.#passedAt = now()
  }

  passed(): void {
    if (this.#gate === undefined) this.#busyMs += now() - this.#passedAt
  }

  report(final: boolean): MonitorReport {
    const before = final ? this.#first : this.#last
    const sums = this.#sums()
    this.#last = sums
    const ms = sums.time - before.time
    const images = sums.images - before.images
    const waitedShare = share(sums.waitedMs - before.waitedMs, ms)
    const stages = [...sums.stages].map(([meter, stage]) => stageReport(meter, stage, before.stages.get(meter), ms))
    return {
      seconds: ms / 1000,
      items: sums.items - before.items,
      images,
      imagesPerSecond: ms > 0 ? (images * 1000) / ms : 0,
      waitedShare,
      bottleneck: bottleneck(waitedShare, stages),
      stages: stages.reverse(),
      final
    }
  }

  #sums(): Sums {
    const time = now()
    const stages = new Map<Meter, StageSums>()
    for (const meter of this.#meters) {
      stages.set(meter, {
        items: meter.items(),
        hungryMs: meter.hungryMs(time),
        busyMs: meter.busyMs(time),
        stalledMs: meter.stalledMs(time),
        details: meter.details()
      })
    }
    // Without a gate, the consumer waits whenever it is not busy with an item.
    const waitedMs = this.#gate === undefined ? time - this.#busyMs : this.#gate.wantMs(time)
    return { time, items: this.#items, images: this.#images, waitedMs, stages }
  }
}

function stageReport(meter: Meter, sums: StageSums, before: StageSums | undefined, ms: number): StageReport {
  const details: Record<string, number> = {}
  for (const [name, sum] of Object.entries(sums.details)) details[name] = sum - (before?.details[name] ?? 0)
  return {
    name: meter.name,
    held: meter.held(),
    depth: meter.depth,
    items: sums.items - (before?.items ?? 0),
    hungryShare: share(sums.hungryMs - (before?.hungryMs ?? 0), ms),
    busyShare: share(sums.busyMs - (before?.busyMs ?? 0), ms),
    stalledShare: share(sums.stalledMs - (before?.stalledMs ?? 0), ms),
    details,
    codec: meter.uses()
  }
}

/** Goes upstream for as long as the stage itself has to wait. */
function bottleneck(waitedShare: number, nearestFirst: readonly StageReport[]): string {
  if (waitedShare < HARDLY) return 'the consumer'
  const stage = nearestFirst.find(({ hungryShare }) => hungryShare < MOSTLY)
  if (stage === undefined) return 'the source'
  const parts = Object.entries(stage.details).sort(([, a], [, b]) => b - a)
  const most = parts[0]
  return most === undefined || most[1] <= 0 ? stage.name : `${stage.name} (${most[0]})`
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0
}

/** Images of a batch, a plan or a sample. */
function imagesIn(item: unknown): number {
  if (typeof item !== 'object' || item === null) return 0
  const { keys, samples, image } = item as { keys?: unknown; samples?: unknown; image?: unknown }
  if (Array.isArray(keys)) return keys.length
  if (Array.isArray(samples)) return samples.length
  return image === undefined ? 0 : 1
}
