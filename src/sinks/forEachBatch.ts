/** A pipeline as a promise. */
import type { Observable } from 'rxjs'
import { checkFunction, checkOptions } from '../check.js'
import type { Executed } from './batches.js'
import { checkSource } from './check.js'
import { type AsyncIterableOptions, toAsyncIterable } from './toAsyncIterable.js'

/**
 * Calls an async function with one item after the other; resolves at the end.
 *
 * Anything (plans become batches) → a promise. The next item waits until the promise of this one is settled. Each
 * batch is released, and its tensors are disposed unless kept, when the function is done with it, also when it fails.
 *
 * @param step - Gets the item and a count from 0.
 * @throws What the source or `step` throws, or the signal's reason: as the promise's rejection.
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, prefetch } from 'millrace'
 *
 * await forEachBatch(cifar10({ split: 'test' }).pipe(batch(64), prefetch()), async ({ keys, shape }) => {
 *   console.log(keys[0], shape)
 * })
 * ```
 */
export async function forEachBatch<T>(
  source: Observable<T>,
  step: (batch: Executed<T>, index: number) => unknown,
  options: AsyncIterableOptions = {}
): Promise<void> {
  checkSource('forEachBatch', source)
  checkFunction('forEachBatch', 'step', step)
  checkOptions('forEachBatch', options, ['signal'])
  let index = 0
  for await (const batch of toAsyncIterable(source, options)) await step(batch, index++)
}
