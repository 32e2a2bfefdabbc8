/**
 * Adds `other` labels to those at `at`, by weight; rounded once to `float32`.
 *
 * @param own weight of what is there
 * @param foreign weight of the other label
 */
export function mixLabels(
  labels: Float32Array,
  at: number,
  own: number,
  other: Float32Array,
  otherAt: number,
  foreign: number,
  width: number
): void {
  for (let k = 0; k < width; k++) labels[at + k] = own * labels[at + k]! + foreign * other[otherAt + k]!
}
