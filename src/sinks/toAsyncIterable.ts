/** A pipeline for `for await`. */
import type { Observable } from 'rxjs'
import { checkOptions } from '../check.js'
import { consume } from '../flow/consume.js'
import { type Executed, executed } from './batches.js'
import { checkSignal, checkSource } from './check.js'
import { disposeItem } from './dispose.js'

/** Options of {@link toAsyncIterable} and of `forEachBatch`. */
export interface AsyncIterableOptions {
  /**
   * Ends the iteration: `next()` rejects with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes an Observable iterable with `for await`, with backpressure.
 *
 * Anything → the same; plans → batches. Items are pulled: what is upstream stops when the loop's body takes its time.
 * The batch of the previous turn is released (its tensors are disposed, unless kept) when the next one is asked for,
 * and by `break`, `return` or an error, which also unsubscribe. An error comes after the items before it. Each
 * iteration is a subscription of its own.
 *
 * @example
 * ```ts
 * import { batch, cifar10, prefetch, toAsyncIterable } from 'millrace'
 *
 * const batches = cifar10({ split: 'test' }).pipe(batch(64), prefetch())
 * for await (const { images, labels, shape } of toAsyncIterable(batches)) {
 *   console.log(shape)
 *   break
 * }
 * ```
 */
export function toAsyncIterable<T>(
  source: Observable<T>,
  options: AsyncIterableOptions = {}
): AsyncIterable<Executed<T>> {
  checkSource('toAsyncIterable', source)
  checkOptions('toAsyncIterable', options, ['signal'])
  const { signal } = options
  checkSignal('toAsyncIterable', signal)
  return { [Symbol.asyncIterator]: () => iterate(source, signal) }
}

/** One subscription, pulled; the item before is given back when the next one is asked for. */
function iterate<T>(source: Observable<T>, signal: AbortSignal | undefined): AsyncIterator<Executed<T>, undefined> {
  const items = consume(executed(source), { name: 'toAsyncIterable', signal, discard: disposeItem })
  let current: Executed<T> | undefined
  const giveBack = (next?: Executed<T>): void => {
    disposeItem(current)
    current = next
  }
  return {
    async next() {
      giveBack()
      const result = await items.next()
      if (result.done) return { done: true, value: undefined }
      giveBack(result.value)
      return result
    },
    async return() {
      giveBack()
      await items.return()
      return { done: true, value: undefined }
    }
  }
}
