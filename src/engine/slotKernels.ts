/** The kernels that work in the memory of a slot, kept by each thread for the batches to come. */
import { type BatchKernels, type FixedMemory, kernelsOn } from '../kernels/wasm/module.js'
import { slotId } from './slot.js'

/** Entries from which on those whose slot is gone are dropped. */
const MANY = 64

// Weak, so that a slot that nobody uses any more can be freed.
const known = new Map<number, WeakRef<BatchKernels>>()

/** Kernels for this slot; undefined where its memory is not of their kind. */
export function slotKernels(memory: FixedMemory): BatchKernels | undefined {
  const id = slotId(memory)
  const found = known.get(id)?.deref()
  if (found !== undefined) return found
  const made = kernelsOn(memory)
  if (made === undefined) return undefined
  if (known.size >= MANY) dropGone()
  known.set(id, new WeakRef(made))
  return made
}

function dropGone(): void {
  for (const [id, kernels] of known) if (kernels.deref() === undefined) known.delete(id)
}
