/** Pumps: what runs under a gate, one item a step. */
import { currentContext, type FlowContext } from './context.js'
import { Gate } from './gate.js'

/** A context with a gate. */
export type Gated = FlowContext & { readonly gate: Gate }

export abstract class Pump {
  readonly gate: Gate
  /** In which it notifies. */
  readonly context: FlowContext

  // The gate's notes.
  alive = true
  ready: boolean
  running = false
  parent: Pump | undefined
  /** How often it was woken. */
  wakes = 0
  /** The last search in which it had to wait for a child. */
  blockedIn = 0

  constructor(context: Gated, ready: boolean) {
    this.context = context
    this.gate = context.gate
    this.ready = ready
  }

  /** Notifies of at most one item; false if it then has to wait to be woken, or is over. */
  abstract step(): boolean
}

/** The ambient context; where it has no gate, with one that is always open. */
export function gatedContext(): Gated {
  const context = currentContext()
  return context?.gate === undefined ? { ...context, gate: new Gate({ free: true }) } : (context as Gated)
}
