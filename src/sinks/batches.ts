/** Every sink takes plans as well: it puts a `prefetch` before itself where they come. */
import type { Observable } from 'rxjs'
import type { Batch, BatchPlan } from '../batch.js'
import { LoaderError } from '../errors.js'
import { route } from '../flow/route.js'
import { prefetch } from '../operators/prefetch.js'

/** What a sink makes of its items first: plans become batches, anything else stays as it is. */
export type Executed<T> = T extends BatchPlan ? Batch : T

/** The items of a pipeline, with plans executed. The first item tells whether they are plans. */
export function executed<T>(source: Observable<T>): Observable<Executed<T>> {
  return route<BatchPlan, Executed<T>>(
    source as Observable<BatchPlan | Executed<T>>,
    isPlan,
    plans => prefetch()(plans) as Observable<Executed<T>>,
    mixed
  )
}

function isPlan(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'samples' in item && 'steps' in item && 'labelWidth' in item
}

function mixed(): Error {
  return new LoaderError('MIXED', 'Plans and finished batches come in one stream. Put prefetch() after each batch().')
}
