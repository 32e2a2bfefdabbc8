import { type MonoTypeOperatorFunction, map } from 'rxjs'
import { checkInteger, checkOptions } from '../check.js'
import { createCacheStore } from '../engine/cacheStore.js'
import { OperatorError } from '../errors.js'
import { findSampleStep } from '../kernels/registry.js'
import type { Sample, Step } from '../sample.js'
import { appender } from './steps.js'

/** Options of {@link cache}. */
export interface CacheOptions {
  /**
   * Shared memory for pixels, in bytes. Images are admitted until one does not fit; those that are in stay in.
   */
  readonly maxBytes: number
}

/**
 * Keeps the pixels of the steps before it, so that later epochs neither decode nor repeat these steps.
 *
 * Sample → sample. Labels stay, and so does every byte of the result. The memory is kept as long as the operator that
 * `cache()` returned. Nothing random may stand before it, since every epoch would show the same draw.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 * @throws {@link OperatorError} through the Observable, where a random step stands before it
 *
 * @example
 * ```ts
 * import { batch, cache, forEachBatch, imageFolder, randomResizedCrop, resize } from 'millrace'
 *
 * const train = imageFolder('photos/train', { shuffle: true, epochs: 10 }).pipe(
 *   resize(256),
 *   cache({ maxBytes: 2 * 1024 ** 3 }),
 *   randomResizedCrop(224),
 *   batch(64)
 * )
 * await forEachBatch(train, ({ epoch, index }) => console.log(epoch, index))
 * ```
 */
export function cache(options: CacheOptions): MonoTypeOperatorFunction<Sample> {
  checkOptions('cache', options, ['maxBytes'])
  const { maxBytes } = options
  checkInteger('cache', 'maxBytes', maxBytes, {
    min: 1,
    hint: 'Say how much memory it may take, such as 2 * 1024 ** 3.'
  })
  const step: Step = Object.freeze({ name: 'cache', options: { maxBytes } })
  createCacheStore(step, maxBytes)
  return source => {
    const append = appender(step)
    const checked = new WeakSet<readonly Step[]>()
    return source.pipe(
      map(sample => {
        const { steps } = sample
        if (!checked.has(steps)) {
          refuseRandom(steps)
          checked.add(steps)
        }
        return { ...sample, steps: append(steps) }
      })
    )
  }
}

function refuseRandom(steps: readonly Step[]): void {
  if (steps.some(({ name }) => name === 'cache')) throw new OperatorError('cache', 'the samples have a cache already.')
  const random = steps.find(({ name, module }) => findSampleStep(name, module)?.random !== false)
  if (random === undefined) return
  throw new OperatorError(
    'cache',
    `${random.name} stands before it, which is random: every epoch would show the same ${random.name}. Move cache() before it.`
  )
}
