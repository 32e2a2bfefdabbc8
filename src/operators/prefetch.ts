import { defer, type MonoTypeOperatorFunction, Observable, type OperatorFunction, tap } from 'rxjs'
import type { Batch, BatchPlan, Moments } from '../batch.js'
import { checkInteger, checkOptions } from '../check.js'
import { BatchMaker } from '../engine/assemble.js'
import { checkResumed, codecId } from '../engine/cursorOf.js'
import { type FaultAction, type FaultPolicy, faultPolicy } from '../engine/faults.js'
import { runnerOf } from '../engine/pool.js'
import { SlotBatch } from '../engine/slotBatch.js'
import { currentContext } from '../flow/context.js'
import { warn } from '../flow/platform.js'
import { NOTHING, stage } from '../flow/stage.js'
import { sourceOf } from '../handle.js'

export type { FaultAction, FaultPolicy }

/** Options of {@link prefetch}. */
export interface PrefetchOptions {
  /**
   * Worker threads. Pipelines that ask for the same number share them. With 0 the same code runs on the main thread,
   * and makes the same bytes.
   * @defaultValue `os.availableParallelism()`
   */
  readonly workers?: number | undefined
  /**
   * What to do with a sample that cannot be made: `'throw'`, `'skip'` (the batch is shorter) or `'substitute'` (another
   * sample, drawn from the same source, takes its place); or one of these with a budget.
   * @defaultValue 'throw'
   */
  readonly onFault?: FaultAction | FaultPolicy | undefined
  /**
   * Bytes that batches may take while they are made or wait to be taken: three quarters of it for them, so that fewer
   * than `depth` are made ahead where they are large, but always one; and a quarter, divided among the workers, for
   * encoded images that are fetched from web servers before their turn.
   * @defaultValue as many as `depth` batches take, and 32 MiB of fetched images for each worker
   */
  readonly maxBytes?: number | undefined
}

/**
 * Executes plans ahead of time: decodes, augments and batches in worker threads, and emits finished batches in order.
 *
 * Batch plan → batch. At most `depth` batches are in flight or ready; the source runs only while there is room. A batch
 * is on loan from a ring of shared memory until `release()`; `trainStep`, `forEachBatch`, `toAsyncIterable` and
 * `toTensors` release by themselves.
 *
 * @param depth batches made ahead, at least 1
 * @defaultValue 2
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 * @throws {@link SourceError} through the Observable, where a sample cannot be made and `onFault` is `'throw'`
 * @throws {@link ShapeError} through the Observable, where the images of a batch end in different sizes
 * @throws {@link CursorError} through the Observable, where a source was resumed with the cursor of other steps
 *
 * @example
 * ```ts
 * import { batch, cifar10, normalize, prefetch } from 'millrace'
 *
 * cifar10({ split: 'train', shuffle: true, seed: 1 })
 *   .pipe(batch(128), normalize(), prefetch(4))
 *   .subscribe(batch => {
 *     console.log(batch.index, batch.images.length)
 *     batch.release()
 *   })
 * ```
 */
export function prefetch(depth = 2, options: PrefetchOptions = {}): OperatorFunction<BatchPlan, Batch> {
  checkInteger('prefetch', 'depth', depth, { min: 1 })
  checkOptions('prefetch', options, ['workers', 'onFault', 'maxBytes'])
  const { workers, onFault = 'throw', maxBytes } = options
  if (workers !== undefined) checkInteger('prefetch', 'workers', workers, { max: 1024 })
  if (maxBytes !== undefined) checkInteger('prefetch', 'maxBytes', maxBytes, { min: 1 })
  const faults = faultPolicy('prefetch', onFault)
  return source =>
    new Observable<Batch>(subscriber => {
      const format = currentContext()?.wants?.format ?? 'float32'
      const maker = (): BatchMaker =>
        new BatchMaker({ runner: runnerOf(workers), depth, faults, maxBytes, format, onHoarding: warnOfHoarding })
      return source.pipe(execute(depth, maker)).subscribe(subscriber)
    })
}

function execute(depth: number, newMaker: () => BatchMaker): OperatorFunction<BatchPlan, Batch> {
  return source =>
    defer(() => {
      const maker = newMaker()
      const handOver = tap<Batch>(batch => maker.handOver(batch))
      return source.pipe(executor(depth, maker), inOrder(), handOver)
    })
}

function executor(depth: number, maker: BatchMaker): OperatorFunction<BatchPlan, Batch> {
  return stage<BatchPlan, Batch>({
    name: 'prefetch',
    depth,
    start() {
      let first = true
      let codec: string | undefined
      return {
        async work(plan) {
          if (first) {
            first = false
            const warning = checkResumed(plan)
            if (warning !== undefined) warn(warning, 'MILLRACE_CODEC')
          }
          const made = await maker.make(plan)
          codec ??= codecId()
          return made ?? NOTHING
        },
        discard: batch => batch.release(),
        stop: () => maker.stop(),
        details: () => maker.details(),
        uses: () => codec
      }
    }
  })
}

/** What must happen in the order of the batches: the moving averages of batchNormalization, from the cursor's on. */
function inOrder(): MonoTypeOperatorFunction<Batch> {
  return source =>
    defer(() => {
      let moving: Moments | undefined
      let first = true
      return source.pipe(
        tap(batch => {
          if (first) moving = sourceOf(batch.info)?.resume?.moving
          first = false
          if (batch instanceof SlotBatch) moving = batch.fold(moving)
        })
      )
    })
}

function warnOfHoarding(outstanding: number): void {
  warn(
    `${outstanding} batches are out and have not been released, so each takes new memory. ` +
      'Call batch.release() when a batch is used up, or consume them with trainStep, forEachBatch or toAsyncIterable, which do.',
    'MILLRACE_UNRELEASED'
  )
}
