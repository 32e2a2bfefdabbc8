/** An async `map` with backpressure. */
import type { OperatorFunction } from 'rxjs'
import { checkFunction, checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { stage } from '../flow/stage.js'

/** Options of {@link mapConcurrent}. */
export interface MapConcurrentOptions {
  /**
   * How many items are held at most: in work, or done and not taken yet.
   * @defaultValue 4
   */
  readonly concurrency?: number | undefined
  /**
   * Whether results come in the order of the items. Otherwise they come as they are done, which is faster where some
   * items take much longer than others, but not the same in every run.
   * @defaultValue true
   */
  readonly ordered?: boolean | undefined
}

/**
 * Calls an async function with several items at a time and emits what it resolves to.
 *
 * Anything → anything. It takes the place of an asynchronous `mergeMap` or `concatMap`, which take in all that the
 * source has: this one asks for an item only when it has room for it, and holds at most `concurrency` of them.
 *
 * An error, of the source or of the function, comes after the results of the items before it; unordered, after the
 * results that were there before it. Unsubscribing aborts the signal; results that come later are dropped.
 *
 * @param fn - Gets the item, a count from 0, and a signal that is aborted when the subscription ends early.
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { mapConcurrent } from 'millrace'
 * import { from } from 'rxjs'
 *
 * from(['https://example.com/a.json', 'https://example.com/b.json'])
 *   .pipe(mapConcurrent(async (url, _, signal) => (await fetch(url, { signal })).json(), { concurrency: 8 }))
 *   .subscribe(record => console.log(record))
 * ```
 */
export function mapConcurrent<I, O>(
  fn: (item: I, index: number, signal: AbortSignal) => O | PromiseLike<O>,
  options: MapConcurrentOptions = {}
): OperatorFunction<I, O> {
  checkFunction('mapConcurrent', 'fn', fn)
  checkOptions('mapConcurrent', options, ['concurrency', 'ordered'])
  const { concurrency = 4, ordered = true } = options
  checkInteger('mapConcurrent', 'concurrency', concurrency, { min: 1 })
  if (typeof ordered !== 'boolean') {
    throw new InvalidOptionError({
      caller: 'mapConcurrent',
      option: 'ordered',
      expected: 'true or false',
      received: ordered
    })
  }
  return stage<I, O>({
    name: 'mapConcurrent',
    depth: concurrency,
    ordered,
    start() {
      let index = 0
      return { work: (item, signal) => fn(item, index++, signal) }
    }
  })
}
