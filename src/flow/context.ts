/** The ambient context: what a subscription tells everything that is subscribed to within it. */
import type { Gate } from './gate.js'
import type { MeterList } from './meter.js'
import { carried, carry } from './platform.js'

/** What the sink wants from the stages before it. */
export interface Wants {
  /** The kind of numbers in which images are to come. */
  readonly format: 'uint8' | 'float32'
}

/** What a source or a stage finds when it is subscribed to. */
export interface FlowContext {
  /** Sources run only while it is open. */
  readonly gate?: Gate | undefined
  readonly wants?: Wants | undefined
  /** Stages put their meters here, where somebody reads them. */
  readonly meters?: MeterList | undefined
  /**
   * A stage between here and the sink shuffles within windows of so many positions: the source then emits all positions
   * of the global order, whatever its shard, from the beginning of a window.
   */
  readonly window?: number | undefined
}

let current: FlowContext | undefined

/** The context of the subscription, notification or asynchronous continuation that is running now. */
export function currentContext(): FlowContext | undefined {
  return current ?? (carried() as FlowContext | undefined)
}

/**
 * Calls a function within a context, which timers and promises that it starts carry on; or, with undefined, outside of
 * any. Code of users that may subscribe to pipelines of its own runs outside: those must not wait for a gate that is
 * closed until that very code is done.
 */
export function runIn<R>(context: FlowContext | undefined, run: () => R): R {
  if (current === context && carried() === context) return run()
  const outer = current
  current = context
  try {
    return carry(context, run)
  } finally {
    current = outer
  }
}
