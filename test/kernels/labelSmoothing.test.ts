import { expect, test } from 'vitest'
import { cutMixStep } from '#dist/kernels/cutMix.js'
import { labelSmoothingStep } from '#dist/kernels/labelSmoothing.js'
import { mixUpStep } from '#dist/kernels/mixUp.js'
import { batchOf, copyOf, labelsOf, noFacts, randomBatch, rngFor } from './support.js'

function smoothed(classes: number, epsilon: number): number[] {
  const batch = batchOf(new Uint8Array(12), [1, 2, 2, 3], classes)
  labelSmoothingStep.apply(batch, { epsilon })
  expect([...batch.images]).toEqual(new Array(12).fill(0))
  return labelsOf(batch)[0]!
}

test.each([
  [1000, 0.9001, 0.0001, 1.015],
  [100, 0.901, 0.001, 0.778],
  [10, 0.91, 0.01, 0.5]
])('ε = 0.1 and %d classes: %d and %d, entropy %d', (classes, on, off, entropy) => {
  const label = smoothed(classes, 0.1)
  expect(label).toEqual([on, ...new Array(classes - 1).fill(off)].map(Math.fround))
  expect(-label.reduce((sum, x) => sum + x * Math.log(x), 0)).toBeCloseTo(entropy, 3)
})

test('ε = 0 does nothing', () => {
  expect(labelSmoothingStep.draw(rngFor('smoothing'), { epsilon: 0 }, [1, 2, 2, 3], noFacts)).toBeUndefined()
})

test('rows sum to 1, and the largest stays the largest', () => {
  for (const epsilon of [0.01, 0.1, 0.5, 0.99]) {
    const label = smoothed(7, epsilon)
    expect(label.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6)
    expect(label.indexOf(Math.max(...label))).toBe(0)
  }
  expect(new Set(smoothed(4, 1))).toEqual(new Set([0.25]))
})

test('the loss is (1 − ε) of the label’s and ε of the uniform one’s', () => {
  const [label, logs] = [smoothed(4, 0.1), [-0.3, -2, -1.5, -4]]
  const uniform = logs.reduce((sum, x) => sum + x, 0) / 4
  expect(label.reduce((sum, x, k) => sum + x * logs[k]!, 0)).toBeCloseTo(0.9 * logs[0]! + 0.1 * uniform, 6)
})

test('smoothing and mixing commute', () => {
  const batch = () => {
    const made = batchOf(new Uint8Array(24), [2, 2, 2, 3], 4)
    made.labels.set([0, 1, 0, 0, 0, 0, 0, 1])
    return made
  }
  const mix = { lambda: 0.3, partners: [1, 0] }
  const [first, second] = [batch(), batch()]
  labelSmoothingStep.apply(first, { epsilon: 0.1 })
  mixUpStep.apply(first, mix)
  mixUpStep.apply(second, mix)
  labelSmoothingStep.apply(second, { epsilon: 0.1 })
  for (const [k, expected] of [0.025, 0.295, 0.025, 0.655].entries()) {
    expect(first.labels[k]).toBeCloseTo(expected, 6)
    expect(second.labels[k]).toBeCloseTo(expected, 6)
  }
  const [a, b] = [randomBatch([5, 8, 8, 3]), randomBatch([5, 8, 8, 3])]
  const params = {
    cuts: [{ box: { top: 1, left: 2, height: 4, width: 3 }, weights: [52 / 64, 12 / 64] }],
    partners: [4, 0, 1, 2, 3]
  } as const
  cutMixStep.apply(a, params)
  labelSmoothingStep.apply(a, { epsilon: 0.1 })
  labelSmoothingStep.apply(b, { epsilon: 0.1 })
  const clean = copyOf(b)
  cutMixStep.apply(b, params)
  expect(b.labels).not.toEqual(clean.labels)
  a.labels.forEach((x, i) => {
    expect(x).toBeCloseTo(b.labels[i]!, 6)
  })
})
