/** What a sink does with an item that its consumer is done with. */

/** Marks items that the sinks leave to the user. A symbol, so that `{ ...batch }` carries it along. */
const KEPT: unique symbol = Symbol('millrace.kept')

/** Properties that make the sinks leave an item alone. */
export const kept: object = Object.freeze({ [KEPT]: true })

/**
 * Gives back what an item holds: the memory of a batch, the tensors of a tensor batch (also those that a user's `map`
 * put into it). Items of other kinds, and kept ones, stay as they are. Idempotent.
 */
export function disposeItem(item: unknown): void {
  if (typeof item !== 'object' || item === null || KEPT in item) return
  const { release, dispose, xs, ys } = item as { release?: unknown; dispose?: unknown; xs?: unknown; ys?: unknown }
  if (typeof release === 'function') release.call(item)
  if (typeof dispose !== 'function') return
  dispose.call(item)
  disposeTensor(xs)
  disposeTensor(ys)
}

/** Disposes a tensor, unless somebody did so already; anything else is left alone. */
export function disposeTensor(tensor: unknown): void {
  if (isTensor(tensor) && !tensor.isDisposed) tensor.dispose()
}

/** Whether a tensor is there and not disposed. */
export function isAlive(tensor: unknown): boolean {
  return isTensor(tensor) && !tensor.isDisposed
}

function isTensor(value: unknown): value is { readonly isDisposed: boolean; dispose(): void } {
  return typeof value === 'object' && value !== null && 'isDisposed' in value && 'dispose' in value
}
