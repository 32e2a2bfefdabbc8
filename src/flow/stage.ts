/** The engine of every operator that holds items: it bounds them, works on some at a time, and hands on the results. */
import { Observable, type OperatorFunction } from 'rxjs'
import { currentContext, runIn, type Wants } from './context.js'
import { gatedContext } from './pump.js'
import { NOTHING, StageRun } from './stageRun.js'

export { NOTHING }

export type StageResult<O> = O | typeof NOTHING | PromiseLike<O | typeof NOTHING>

/** What a stage does in one subscription. */
export interface StageWork<I, O> {
  /**
   * Makes the result of an item. Called outside of any context, in the order of the items.
   * @param signal - Aborted when the subscription ends before its work does. The same for all items.
   */
  work(item: I, signal: AbortSignal): StageResult<O>
  /** Gets each result that is not emitted, because the subscription ended before. */
  discard?(result: O): void
  /** Gets each item that never came to work, because the subscription ended before. */
  drop?(item: I): void
  /** Called once, when the subscription is over, in whatever way. Work may still be under way. */
  stop?(): void
  /** Milliseconds, or other sums that only grow, of the stage's own parts: for `monitor`. */
  details?(): Readonly<Record<string, number>>
  /** What it works with, by name and version, once that is known: for `monitor`. */
  uses?(): string | undefined
}

export interface StageOptions<I, O> {
  /** For warnings and reports. */
  readonly name: string
  /** How many items are held at most, from their arrival until their results have been emitted. */
  readonly depth: number
  /**
   * How many of them are in work at most.
   * @defaultValue depth
   */
  readonly concurrency?: number | undefined
  /**
   * Results come in the order of the items, otherwise as they are done.
   * @defaultValue true
   */
  readonly ordered?: boolean | undefined
  /**
   * What the stages before this one are to do.
   * @defaultValue what the ambient context wants
   */
  readonly wants?: Wants | undefined
  /** Called for each subscription, in its context. */
  start(): StageWork<I, O>
}

/**
 * An operator that asks for items while it holds fewer than `depth`, and emits results while the gate of its own
 * subscription is open.
 *
 * An error, of the source or of work, is emitted in its turn: ordered, after the results of all items before it;
 * otherwise after the results that were there before it. Work that is then under way is aborted and discarded.
 */
export function stage<I, O>(options: StageOptions<I, O>): OperatorFunction<I, O> {
  return source =>
    new Observable<O>(subscriber => {
      const outer = currentContext()
      const run = new StageRun(gatedContext(), options, subscriber)
      subscriber.add(() => run.end())
      if (subscriber.closed) return
      run.gate.add(run)
      const { wants = outer?.wants } = options
      runIn({ ...outer, gate: run.input, wants }, () => source.subscribe(run.observer))
    })
}
