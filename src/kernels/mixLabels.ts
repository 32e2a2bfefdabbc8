/** Labels of a batch, mixed by weight. */
import { changeRows } from './partners.js'
import type { BatchBuffers } from './step.js'

/** Weight of a sample's own label, and of its partner's. */
export type Weights = readonly [own: number, partner: number]

/** Mixes the label of each row with its partner's, by the row's weights; rounded once to `float32`. */
export function mixLabels(
  { labels, labelWidth }: BatchBuffers,
  partners: readonly number[],
  weightsOf: (row: number) => Weights
): void {
  changeRows(labels, labelWidth, partners, (row, from, at) => {
    const [own, foreign] = weightsOf(row)
    const to = row * labelWidth
    for (let k = 0; k < labelWidth; k++) labels[to + k] = own * labels[to + k]! + foreign * from[at + k]!
  })
}

/** Weights that are exactly the shares of pixels: `pasted` of `total` come from the partner. */
export function shares(pasted: number, total: number): Weights {
  return [(total - pasted) / total, pasted / total]
}
