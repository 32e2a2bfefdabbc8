/** Decoded pixels kept in shared memory, within a budget of bytes. */
import { LRUCache } from 'lru-cache'
import type { PixelRef, Sample, Step } from '../sample.js'
import type { MadePixels } from './task.js'

/** What a cache knows of itself. */
export interface CacheFacts {
  readonly images: number
  readonly bytes: number
  readonly maxBytes: number
}

/**
 * An epoch uses each sample once, so evicting the oldest would evict exactly what comes next: this store admits images
 * until one does not fit, and keeps what it has.
 */
class CacheStore {
  readonly #maxBytes: number
  readonly #images: LRUCache<string, PixelRef>
  #full = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#images = new LRUCache({ maxSize: maxBytes, sizeCalculation: image => image.buffer.byteLength })
  }

  get full(): boolean {
    return this.#full
  }

  get facts(): CacheFacts {
    return { images: this.#images.size, bytes: this.#images.calculatedSize, maxBytes: this.#maxBytes }
  }

  get(key: string): PixelRef | undefined {
    return this.#images.get(key)
  }

  admit(key: string, image: PixelRef): void {
    if (this.#images.has(key)) return
    if (this.#images.calculatedSize + image.buffer.byteLength > this.#maxBytes) {
      this.#full = true
      return
    }
    this.#images.set(key, image)
  }
}

/** One store for each `cache()` that was called; it goes when its pipeline does. */
const stores = new WeakMap<Step, CacheStore>()

/** Makes the store of a `cache` step. */
export function createCacheStore(step: Step, maxBytes: number): void {
  stores.set(step, new CacheStore(maxBytes))
}

/** What the cache of a step holds. */
export function cacheFacts(step: Step): CacheFacts | undefined {
  return stores.get(step)?.facts
}

/** The sample with its cached pixels; or, where there are none yet, the place whose pixels are to be kept. */
export function cached(sample: Sample, at: number): { readonly sample: Sample; readonly keep: number } {
  const { image, steps } = sample
  if (image.kind === 'pixels' && (image.applied ?? 0) > at) return { sample, keep: -1 }
  const store = stores.get(steps[at]!)
  const hit = store?.get(keyOf(sample))
  if (hit !== undefined) return { sample: { ...sample, image: { ...hit, applied: at + 1 } }, keep: -1 }
  return { sample, keep: store === undefined || store.full ? -1 : at }
}

/** Offers the pixels before the step at `at` to its cache. */
export function admit(sample: Sample, at: number, { buffer, width, height, channels }: MadePixels): void {
  stores.get(sample.steps[at]!)?.admit(keyOf(sample), { kind: 'pixels', buffer, offset: 0, width, height, channels })
}

function keyOf({ index, info }: Sample): string {
  return `${info.fingerprint} ${index}`
}
