import { lastValueFrom, type Observable, toArray } from 'rxjs'
import type { Cursor } from '#dist/cursor.js'
import { cursorFacts } from '#dist/handle.js'
import type { SourceInfo } from '#dist/sample.js'
import { arrays } from '#dist/sources/arrays.js'
import type { IndexedSourceOptions, SampleSource } from '#dist/sources/source.js'

/** Everything that a source emits. */
export function collect<T>(source: Observable<T>): Promise<T[]> {
  return lastValueFrom(source.pipe(toArray()))
}

/** A source of n images of one pixel, whose value and label are their index. */
export function counting(n: number, options: IndexedSourceOptions & { classes?: number } = {}): SampleSource {
  const images = Uint8Array.from({ length: n }, (_, i) => i)
  return arrays({ images, labels: [...images], shape: [1, 1, 1], ...options })
}

/** A cursor as a batch would make it, after it has gone through a file. */
export function cursorAt(info: SourceInfo, at: { epoch?: number; position: number; gaps?: boolean }): Cursor {
  const cursor = { version: 1, ...cursorFacts(info), epoch: 0, batch: 0, gaps: false, steps: '', codec: '', ...at }
  return JSON.parse(JSON.stringify(cursor)) as Cursor
}
