/** The places of each class. */
import { SourceError } from '../errors.js'

/** @throws SourceError where a label is none of the classes */
export function groupByClass(
  caller: string,
  places: number,
  classAt: (place: number) => number,
  classes: number
): readonly Uint32Array[] {
  const lists: number[][] = Array.from({ length: classes }, () => [])
  for (let place = 0; place < places; place++) {
    const list = lists[classAt(place)]
    if (list === undefined) {
      throw new SourceError(
        `${caller}: a sample has the label ${classAt(place)}, which is none of the ${classes} classes (0 to ${classes - 1}). Correct it, or the option \`classes\`.`
      )
    }
    list.push(place)
  }
  return lists.map(list => Uint32Array.from(list))
}
