import { Observable, type OperatorFunction } from 'rxjs'
import { checkFunction, checkInteger, checkOptions } from '../check.js'
import { makePixels } from '../engine/makePixels.js'
import { occurrence } from '../engine/occurrence.js'
import { roleOf } from '../engine/plannedRows.js'
import { runnerOf } from '../engine/pool.js'
import { OperatorError, show } from '../errors.js'
import { stage } from '../flow/stage.js'
import type { Image } from '../kernels/step.js'
import { Rng, rngKey } from '../random/rng.js'
import type { PixelRef, Sample, Step } from '../sample.js'
import { appender } from './steps.js'

/** Options of {@link mapPixels}. */
export interface MapPixelsOptions {
  /**
   * Samples whose pixels are made ahead.
   * @defaultValue 32
   */
  readonly depth?: number | undefined
  /**
   * Worker threads for the steps before it; see {@link prefetch}.
   * @defaultValue `os.availableParallelism()`
   */
  readonly workers?: number | undefined
}

/**
 * Shows a function the pixels of each sample, on the main thread, and goes on with the image that it returns.
 *
 * Sample → sample. Labels stay. For what cannot be a module of its own: a closure over things of the main thread. It
 * costs the main thread's time; `defineTransform` runs in the workers.
 *
 * @param fn gets the image (RGB or grey, 8 bits, rows of `channels` bytes a pixel; its to change), the sample, and a
 * generator that depends on the seed, the epoch and the sample's position only; returns the image to go on with
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 * @throws {@link OperatorError} through the Observable, where the function throws, or returns no image
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, mapPixels } from 'millrace'
 *
 * const inverted = cifar10({ split: 'test' }).pipe(
 *   mapPixels(image => ({ ...image, data: image.data.map(value => 255 - value) })),
 *   batch(100)
 * )
 * await forEachBatch(inverted, ({ images }) => console.log(images[0]))
 * ```
 */
export function mapPixels(
  fn: (image: Image, sample: Sample, rng: Rng) => Image | PromiseLike<Image>,
  options: MapPixelsOptions = {}
): OperatorFunction<Sample, Sample> {
  checkFunction('mapPixels', 'fn', fn)
  checkOptions('mapPixels', options, ['depth', 'workers'])
  const { depth = 32, workers } = options
  checkInteger('mapPixels', 'depth', depth, { min: 1 })
  if (workers !== undefined) checkInteger('mapPixels', 'workers', workers, { max: 1024 })
  return source =>
    new Observable<Sample>(subscriber => {
      const append = appender(MARKER)
      return source
        .pipe(
          stage<Sample, Sample>({
            name: 'mapPixels',
            depth,
            start: () => ({
              async work(sample) {
                const image = await makePixels(runnerOf(workers), sample)
                const steps = append(sample.steps)
                return { ...sample, steps, image: pixelRef(await call(fn, image, sample), sample, steps.length) }
              }
            })
          })
        )
        .subscribe(subscriber)
    })
}

const MARKER: Step = Object.freeze({ name: 'mapPixels', options: {} })

async function call(
  fn: (image: Image, sample: Sample, rng: Rng) => Image | PromiseLike<Image>,
  image: Image,
  sample: Sample
): Promise<Image> {
  const { info, steps, epoch, position, key } = sample
  const stream = rngKey(info.seed, info.fingerprint, MARKER.name, occurrence([...steps, MARKER], steps.length))
  try {
    return await fn(image, sample, new Rng().reset(stream, epoch, position, roleOf(sample)))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OperatorError('mapPixels', `its function failed on sample ${JSON.stringify(key)}: ${reason}`, {
      key,
      cause
    })
  }
}

/** The image in shared memory, where the workers read it. */
function pixelRef(image: Image, { key }: Sample, applied: number): PixelRef {
  const { data, width, height, channels } = image ?? {}
  const fits = data instanceof Uint8Array && [width, height, channels].every(n => Number.isInteger(n) && n > 0)
  if (!fits || data.length !== width * height * channels) {
    const received = fits ? `${data.length} bytes for ${width}×${height}×${channels}` : show(image)
    throw new OperatorError(
      'mapPixels',
      `its function must return { data: Uint8Array, width, height, channels } with width × height × channels bytes, ` +
        `but returned ${received} for sample ${JSON.stringify(key)}.`,
      { key }
    )
  }
  if (data.buffer instanceof SharedArrayBuffer) {
    return { kind: 'pixels', buffer: data.buffer, offset: data.byteOffset, width, height, channels, applied }
  }
  const buffer = new SharedArrayBuffer(data.length)
  new Uint8Array(buffer).set(data)
  return { kind: 'pixels', buffer, offset: 0, width, height, channels, applied }
}
