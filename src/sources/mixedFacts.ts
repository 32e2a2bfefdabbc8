/** What can be said of several data sets as one. */
import { SourceError } from '../errors.js'
import type { SourceInfo } from '../sample.js'
import type { IndexedData } from './indexedSource.js'

/**
 * All must have the same classes; names may be missing.
 *
 * @throws SourceError where they differ
 */
export function classesOf(list: readonly IndexedData[]): Pick<SourceInfo, 'classes' | 'classNames'> {
  const named = list.find(({ classNames }) => classNames !== undefined) ?? list[0]!
  for (const data of list) {
    const same = data.classNames === undefined || data.classNames.join('\0') === named.classNames!.join('\0')
    if (data.classes === named.classes && same) continue
    const tell = ({ name, classes, classNames }: IndexedData): string =>
      `${name} (${classNames?.join(', ') ?? (classes === undefined ? 'unknown' : `${classes} classes`)})`
    throw new SourceError(
      `mixDatasets: the classes of ${tell(named)} and of ${tell(data)} differ. Give both sources the same option \`classes\`: all names in one order.`
    )
  }
  return { classes: named.classes, classNames: named.classNames }
}

/** Mean and standard deviation of the mixture's pixels, where all are known. */
export function statisticsOf(
  list: readonly IndexedData[],
  shares: readonly number[]
): Pick<SourceInfo, 'mean' | 'std'> {
  const channels = list[0]!.mean?.length
  const known = list.every(
    ({ mean, std }) => mean !== undefined && mean.length === channels && std?.length === channels
  )
  if (!known || channels === undefined) return { mean: undefined, std: undefined }
  const total = shares.reduce((sum, share) => sum + share, 0)
  const average = (of: (data: IndexedData, channel: number) => number): number[] =>
    Array.from({ length: channels }, (_, c) =>
      list.reduce((sum, data, i) => sum + (of(data, c) * shares[i]!) / total, 0)
    )
  const mean = average((data, c) => data.mean![c]!)
  const squares = average((data, c) => data.std![c]! ** 2 + data.mean![c]! ** 2)
  return {
    mean: Object.freeze(mean),
    std: Object.freeze(mean.map((m, c) => Math.sqrt(Math.max(0, squares[c]! - m ** 2))))
  }
}
