/** Tells how fast a pipeline is and what holds it up. */
import { type MonoTypeOperatorFunction, Observable, Subscriber } from 'rxjs'
import { checkFunction, checkInteger, checkOptions } from '../check.js'
import { currentContext, runIn } from '../flow/context.js'
import { MeterList } from '../flow/meter.js'
import { defer, every } from '../flow/platform.js'
import { type MonitorReport, Tally } from './tally.js'

export type { MonitorReport, StageReport } from './tally.js'

/** Options of {@link monitor}. */
export interface MonitorOptions {
  /**
   * Milliseconds between reports.
   * @defaultValue 1000
   */
  readonly everyMs?: number | undefined
}

/** The longest interval of a timer. */
const MAX_MS = 2 ** 31 - 1

/**
 * Reports how fast items pass, how long what is after it waits for them, and which stage before it holds them up.
 *
 * Anything → the same. Place it right before the consumer (`trainStep`). Every `everyMs` milliseconds it reports on the
 * time since the report before; at the end, also when somebody unsubscribes, on the whole time.
 *
 * @param report - Gets the numbers. What it throws becomes the subscription's error.
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, monitor, prefetch } from 'millrace'
 *
 * const batches = cifar10({ split: 'train' }).pipe(
 *   batch(64),
 *   prefetch(),
 *   monitor(({ imagesPerSecond, waitedShare, bottleneck }) => console.log(imagesPerSecond, waitedShare, bottleneck))
 * )
 * await forEachBatch(batches, async ({ images }) => console.log(images.length))
 * ```
 */
export function monitor<T>(
  report: (report: MonitorReport) => void,
  options: MonitorOptions = {}
): MonoTypeOperatorFunction<T> {
  checkFunction('monitor', 'report', report)
  checkOptions('monitor', options, ['everyMs'])
  const { everyMs = 1000 } = options
  checkInteger('monitor', 'everyMs', everyMs, { min: 1, max: MAX_MS })
  return source =>
    new Observable<T>(subscriber => {
      const outer = currentContext()
      const meters = new MeterList(outer?.meters)
      const tally = new Tally(meters, outer?.gate)
      let ended = false
      const tell = (final: boolean): boolean => {
        try {
          runIn(undefined, () => report(tally.report(final)))
          return true
        } catch (error) {
          ended = true
          stop()
          // Who has unsubscribed hears of it as of any error that nobody handles.
          if (subscriber.closed) defer(() => rethrow(error))
          else subscriber.error(error)
          return false
        }
      }
      const end = (): boolean => {
        if (ended) return true
        ended = true
        stop()
        return tell(true)
      }
      const stop = every(everyMs, () => tell(false))
      const observer = new Subscriber<T>({
        next(item) {
          tally.pass(item)
          subscriber.next(item)
          tally.passed()
        },
        error(error: unknown) {
          if (end()) subscriber.error(error)
        },
        complete() {
          if (end()) subscriber.complete()
        }
      })
      subscriber.add(() => {
        end()
      })
      subscriber.add(observer)
      runIn({ ...outer, meters }, () => source.subscribe(observer))
    })
}

function rethrow(error: unknown): never {
  throw error
}
