/** Masks, boxes and keypoints of whole batches, from the source to the batch. */
import {
  type BatchOperator,
  batch,
  cutMix,
  fMix,
  indexed,
  mixUp,
  prefetch,
  resizeMix,
  ricap,
  toAsyncIterable
} from 'millrace'
import { describe, expect, test } from 'vitest'

const SIDE = 12

/** A square of one bright colour on black, which is the sample's own, as are its class id and labels. */
function item(i: number) {
  const id = 10 + i
  const [left, top] = [1 + (i % 4), 2 + (i % 5)]
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [(at % SIDE) - left, Math.floor(at / SIDE) - top]
    return x >= 0 && x < 4 && y >= 0 && y < 4 ? id : 0
  })
  const pixels = { data, width: SIDE, height: SIDE, channels: 1 } as const
  return {
    image: pixels,
    mask: pixels,
    boxes: [{ x1: left, y1: top, x2: left + 4, y2: top + 4, label: id }],
    keypoints: [{ x: left + 1.5, y: top + 2.5, label: id }],
    label: i % 2
  }
}

const source = (masks: boolean) =>
  indexed({
    size: 48,
    at: i => (masks ? item(i) : { ...item(i), mask: undefined }),
    classes: 2,
    seed: 4,
    shuffle: true,
    epochs: 2
  })

/** Copies of what is in the batches. */
async function made(operator: BatchOperator, { masks = true, workers = 0 } = {}) {
  const rows: { image: Uint8Array; mask: Uint8Array | undefined; boxes: unknown[]; keypoints: unknown[] }[] = []
  const found: { rows: typeof rows; seen: number; labels: Set<number> } = { rows, seen: 0, labels: new Set() }
  for await (const made of toAsyncIterable(source(masks).pipe(batch(8), operator, prefetch(2, { workers })))) {
    const size = SIDE * SIDE
    for (let i = 0; i < made.shape[0]; i++) {
      const image = made.images.slice(i * size, (i + 1) * size) as Uint8Array
      const mask = made.masks?.slice(i * size, (i + 1) * size)
      const [boxes, keypoints] = [made.boxes![i]!, made.keypoints![i]!]
      rows.push({ image, mask, boxes: [...boxes], keypoints: [...keypoints] })
      for (const { x, y, label, visible } of keypoints) {
        if (visible === false || mask === undefined) continue
        found.seen++
        found.labels.add(label!)
        expect(mask[SIDE * Math.floor(y) + Math.floor(x)]).toBe(label)
      }
    }
  }
  return found
}

describe.each([
  ['cutMix', cutMix({ granularity: 'sample' })],
  ['ricap', ricap({ beta: 1 })],
  ['resizeMix', resizeMix({ scale: [0.6, 0.9] })]
])('%s', (name, operator) => {
  test('keypoints are on the class ids of their samples; the same with any number of workers', async () => {
    const { rows, seen, labels } = await made(operator)
    expect(seen).toBeGreaterThan(60)
    expect(labels.size).toBeGreaterThan(25)
    if (name !== 'resizeMix') for (const { image, mask } of rows) expect(mask).toEqual(image)
    expect((await made(operator, { workers: 2 })).rows).toEqual(rows)
  })
})

test('mixUp gives the boxes and keypoints of both, and refuses masks; fMix refuses boxes', async () => {
  const { rows } = await made(mixUp({ partner: 'reverse' }), { masks: false })
  for (const { boxes, keypoints } of rows) expect([boxes.length, keypoints.length]).toEqual([2, 2])
  await expect(made(mixUp())).rejects.toThrow(/mixUp: it cannot mix images that have masks/)
  await expect(made(fMix())).rejects.toThrow(/fMix: it cannot mix images that have boxes/)
})
