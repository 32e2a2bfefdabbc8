import { concatMap, type MonoTypeOperatorFunction } from 'rxjs'
import { checkInteger } from '../check.js'
import type { Sample } from '../sample.js'

/**
 * Shows each sample several times in a row, each time with other draws of all random steps.
 *
 * Sample → `times` samples. Labels stay. A batch then holds several augmentations of the same image. With batches whose
 * size is a multiple of `times`, every batch has a cursor; otherwise reading the cursor of a batch that ends among the
 * repetitions of a sample is an error that says so. Steps before and after it are repeated alike.
 * Hoffer et al. 2020, "Augment your batch", https://arxiv.org/abs/1901.09335
 *
 * @param times how often each sample is shown, from 1 to 512
 *
 * @throws {@link InvalidOptionError} where `times` cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, randomFlip, repeatAugment } from 'millrace'
 *
 * const train = cifar10({ split: 'train', shuffle: true }).pipe(repeatAugment(4), randomFlip(), batch(128))
 * await forEachBatch(train, ({ keys }) => console.log(keys.slice(0, 4))) // four times the same
 * ```
 */
export function repeatAugment(times: number): MonoTypeOperatorFunction<Sample> {
  checkInteger('repeatAugment', 'times', times, { min: 1, max: 512 })
  return concatMap(sample => Array.from({ length: times }, (_, repetition) => ({ ...sample, repetition })))
}
