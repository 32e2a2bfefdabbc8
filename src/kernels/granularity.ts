/** How often a batch step draws. */

/** Once for the batch, once for each sample, or once for each sample and its partner in the reversed batch. */
export type Granularity = 'batch' | 'sample' | 'pair'

/** What is drawn, one for each of `n` samples; a list of one where all have the same. */
export function drawEach<T>(granularity: Granularity, n: number, draw: () => T): readonly T[] {
  if (granularity === 'batch') return [draw()]
  if (granularity === 'sample') return Array.from({ length: n }, draw)
  const drawn = Array.from({ length: Math.ceil(n / 2) }, draw)
  return Array.from({ length: n }, (_, i) => drawn[Math.min(i, n - 1 - i)]!)
}

/** What was drawn for a row. */
export function ofRow<T>(drawn: readonly T[], row: number): T {
  return drawn[drawn.length === 1 ? 0 : row]!
}
