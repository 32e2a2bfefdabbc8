import { lastValueFrom, of, throwError, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { BatchPlan } from '#dist/batch.js'
import { InvalidOptionError, OperatorError } from '#dist/errors.js'
import { centerCrop } from '#dist/operators/centerCrop.js'
import { cutMix } from '#dist/operators/cutMix.js'
import { cutout } from '#dist/operators/cutout.js'
import { fMix } from '#dist/operators/fMix.js'
import { labelSmoothing } from '#dist/operators/labelSmoothing.js'
import { mixUp } from '#dist/operators/mixUp.js'
import { normalize } from '#dist/operators/normalize.js'
import { randomCrop } from '#dist/operators/randomCrop.js'
import { randomFlip } from '#dist/operators/randomFlip.js'
import { randomResizedCrop } from '#dist/operators/randomResizedCrop.js'
import { resize } from '#dist/operators/resize.js'
import { resizeMix } from '#dist/operators/resizeMix.js'
import { ricap } from '#dist/operators/ricap.js'
import type { Sample, SourceInfo, Step } from '#dist/sample.js'

const info: SourceInfo = {
  name: 'test',
  fingerprint: 'test',
  seed: 1,
  size: 10,
  classes: 4,
  classNames: undefined,
  shape: [32, 32, 3],
  mean: undefined,
  std: undefined,
  shard: { index: 0, count: 1 }
}

const sample: Sample = Object.freeze({
  key: '0',
  index: 0,
  epoch: 0,
  position: 0,
  label: 1,
  image: { kind: 'file', path: '0.png' } as const,
  steps: Object.freeze([]),
  info
})

function planOf(changed: Partial<BatchPlan> = {}): BatchPlan {
  return Object.freeze({
    samples: [sample],
    epoch: 0,
    index: 0,
    last: false,
    steps: [],
    info,
    labelWidth: 4,
    next: { unknown: 'a test' },
    ...changed
  })
}

describe('the step that is planned, with its defaults', () => {
  test.each([
    ['resize', resize(9), { size: 9 }],
    ['resize', resize([4, 5], { filter: 'bilinear' }), { size: [4, 5] }],
    ['centerCrop', centerCrop(9), { size: [9, 9] }],
    ['randomCrop', randomCrop([4, 5]), { size: [4, 5], padding: 0, fill: 0, mode: 'constant' }],
    [
      'randomCrop',
      randomCrop(4, { padding: 2, fill: [1, 2, 3] }),
      { size: [4, 4], padding: 2, fill: [1, 2, 3], mode: 'constant' }
    ],
    ['randomResizedCrop', randomResizedCrop(7), { size: [7, 7], scale: [0.08, 1], ratio: [3 / 4, 4 / 3] }],
    ['randomFlip', randomFlip(), { p: 0.5, direction: 'horizontal' }],
    ['cutout', cutout(), { size: 'half', count: 1, fill: 'mean', p: 1, exact: false, inside: false }],
    [
      'cutout',
      cutout({ size: 16, fill: [1, 2, 3] }),
      { size: 16, count: 1, fill: [1, 2, 3], p: 1, exact: false, inside: false }
    ]
  ])('%s of samples', async (name, operator, options) => {
    const planned = await lastValueFrom(of(sample).pipe(operator))
    expect(planned).toEqual({ ...sample, steps: [{ name, options }] })
  })

  test.each([
    ['mixUp', mixUp(), { alpha: 1, granularity: 'batch', partner: 'permutation', p: 1 }],
    ['cutMix', cutMix({ p: 0.5 }), { alpha: 1, p: 0.5, granularity: 'batch', partner: 'permutation', correct: true }],
    ['mixUp', mixUp({ granularity: 'pair' }), { alpha: 1, granularity: 'pair', partner: 'reverse', p: 1 }],
    [
      'cutMix',
      cutMix({ minMax: [0.2, 0.8], granularity: 'pair' }),
      { alpha: 1, p: 1, granularity: 'pair', partner: 'reverse', correct: true, minMax: [0.2, 0.8] }
    ],
    ['ricap', ricap(), { beta: 0.3, rounding: 'half-even', granularity: 'batch', p: 1 }],
    ['fMix', fMix(), { alpha: 1, decay: 3, partner: 'permutation', p: 1 }],
    ['resizeMix', resizeMix(), { scale: [0.1, 0.8], partner: 'permutation', p: 1 }],
    ['labelSmoothing', labelSmoothing(), { epsilon: 0.1 }],
    ['normalize', normalize({ mean: [0.5], std: [0.25] }), { mean: [0.5], std: [0.25] }]
  ])('%s of batches', async (name, operator, options) => {
    const planned = await lastValueFrom(of(planOf()).pipe(operator))
    expect(planned).toEqual(planOf({ steps: [{ name, options }] }))
  })

  test('plans of the same list leave with the same list', async () => {
    const steps: readonly Step[] = Object.freeze([{ name: 'cutMix', options: {} }])
    const plans = [planOf({ steps }), planOf({ steps }), planOf({ steps })]
    for (const operator of [mixUp(), normalize(), labelSmoothing()]) {
      const planned = await lastValueFrom(of(...plans).pipe(operator, toArray()))
      expect(new Set(planned.map(plan => plan.steps)).size).toBe(1)
    }
  })

  test("the caller's options may change afterwards", async () => {
    const [fill, size, scale, mean] = [[1, 2, 3], [4, 5] as [number, number], [0.1, 0.2] as [number, number], [0.5]]
    const operators = [
      randomCrop(size, { fill }),
      resize(size),
      randomResizedCrop(size, { scale }),
      cutout({ fill })
    ] as const
    const scaling = normalize({ mean, std: [1] })
    for (const list of [fill, size, scale, mean]) list[0] = 99
    const planned = await lastValueFrom(of(sample).pipe(operators[0], operators[1], operators[2], operators[3]))
    expect(JSON.stringify(planned.steps)).not.toContain('99')
    expect(JSON.stringify((await lastValueFrom(of(planOf()).pipe(scaling))).steps)).not.toContain('99')
  })

  test('an error passes through', async () => {
    const failing = throwError(() => undefined)
    for (const operator of [mixUp(), normalize(), labelSmoothing()]) {
      await expect(lastValueFrom(failing.pipe(operator))).rejects.toBeUndefined()
    }
  })
})

describe('normalize', () => {
  const resolved = async (changed: Partial<SourceInfo>) => {
    const { steps } = await lastValueFrom(of(planOf({ info: { ...info, ...changed } })).pipe(normalize()))
    return steps[0]!.options as { mean: number[]; std: number[] }
  }

  test("takes the source's numbers, else ImageNet's, else their averages for grey", async () => {
    expect(await resolved({ mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] })).toEqual({
      mean: [0.1, 0.2, 0.3],
      std: [0.4, 0.5, 0.6]
    })
    expect(await resolved({})).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
    expect(await resolved({ shape: undefined })).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
    const grey = await resolved({ shape: [28, 28, 1] })
    expect(grey.mean).toEqual([expect.closeTo(0.449, 10)])
    expect(grey.std).toEqual([expect.closeTo(0.226, 10)])
  })

  test('numbers that do not fit the channels are an error of the stream', async () => {
    const planned = lastValueFrom(of(planOf()).pipe(normalize({ mean: [0, 0], std: [1, 1] })))
    await expect(planned).rejects.toThrow('normalize: the images have 3 channels, but `mean` has 2 numbers.')
    await expect(planned).rejects.toBeInstanceOf(OperatorError)
  })
})

describe('twice', () => {
  test.each([
    ['normalize', normalize],
    ['labelSmoothing', labelSmoothing]
  ] as const)('%s is an error of the stream', async (name, operator) => {
    const planned = lastValueFrom(of(planOf()).pipe(operator(), mixUp(), operator()))
    await expect(planned).rejects.toThrow(`${name}: `)
    await expect(planned).rejects.toThrow('once, not twice. Remove one of the two.')
    await expect(planned).rejects.toBeInstanceOf(OperatorError)
  })

  test('labels of a single number cannot be smoothed', async () => {
    await expect(lastValueFrom(of(planOf({ labelWidth: 1 })).pipe(labelSmoothing()))).rejects.toThrow('are not classes')
  })
})

test.each<[string, () => unknown]>([
  ['resize: `size` must be a whole number of at least 1, but is 0 (number)', () => resize(0)],
  ['resize: `size[1]` must be a whole number', () => resize([3, 2.5])],
  ['resize: `size` must be one number, or [height, width]', () => resize([3, 4, 5] as never)],
  ['resize: `size` must be', () => resize('big' as never)],
  ["resize: `filter` must be one of 'bilinear'", () => resize(3, { filter: 'nearest' as never })],
  ['centerCrop: `size`', () => centerCrop(-1)],
  ['randomCrop: `padding`', () => randomCrop(4, { padding: -1 })],
  ['randomCrop: `fill` must be', () => randomCrop(4, { fill: 256 })],
  ['randomCrop: `fill[1]` must be', () => randomCrop(4, { fill: [1, -1, 2] })],
  ['randomCrop: `fill` must be', () => randomCrop(4, { fill: [] })],
  ['randomCrop: `mode`', () => randomCrop(4, { mode: 'wrap' as never })],
  ['randomCrop: `pad` must be one of the options padding, fill, mode', () => randomCrop(4, { pad: 1 } as never)],
  ['randomResizedCrop: `scale`', () => randomResizedCrop(4, { scale: [0, 1] })],
  ['randomResizedCrop: `scale`', () => randomResizedCrop(4, { scale: [0.5, 1.5] })],
  ['randomResizedCrop: `ratio`', () => randomResizedCrop(4, { ratio: [2, 1] })],
  ['randomFlip: `p` must be a finite number between 0 and 1, but is 2', () => randomFlip({ p: 2 })],
  ['randomFlip: `direction`', () => randomFlip({ direction: 'both' as never })],
  ['randomFlip: `options` must be an object', () => randomFlip(0.5 as never)],
  ['cutout: `size`', () => cutout({ size: -2 })],
  ['cutout: `count`', () => cutout({ count: 1.5 })],
  ['cutout: `fill`', () => cutout({ fill: 'black' as never })],
  ['cutout: `exact`', () => cutout({ exact: 1 as never })],
  ['mixUp: `alpha`', () => mixUp({ alpha: -1 })],
  ['mixUp: `alpha`', () => mixUp({ alpha: Number.NaN })],
  ['mixUp: `granularity`', () => mixUp({ granularity: 'pairs' as never })],
  ['mixUp: `partner`', () => mixUp({ partner: 'next' as never })],
  ['cutMix: `alpha`', () => cutMix({ alpha: Infinity })],
  ['cutMix: `p`', () => cutMix({ p: -0.1 })],
  ['cutMix: `minMax`', () => cutMix({ minMax: [0.5, 1.5] })],
  ['cutMix: `alpha` must be absent where there is `minMax`', () => cutMix({ minMax: [0.2, 0.8], alpha: 1 })],
  ['cutMix: `correct` must be true where there is `minMax`', () => cutMix({ minMax: [0.2, 0.8], correct: false })],
  ["cutMix: `partner` must be 'reverse'", () => cutMix({ granularity: 'pair', partner: 'roll' })],
  ["mixUp: `partner` must be 'reverse'", () => mixUp({ granularity: 'pair', partner: 'permutation' })],
  ['ricap: `beta`', () => ricap({ beta: -1 })],
  ['ricap: `rounding`', () => ricap({ rounding: 'up' as never })],
  ['ricap: `granularity`', () => ricap({ granularity: 'pair' as never })],
  ['fMix: `decay`', () => fMix({ decay: 11 })],
  ['fMix: `alpha`', () => fMix({ alpha: Number.NaN })],
  ['resizeMix: `scale`', () => resizeMix({ scale: [0.8, 0.1] })],
  ['cutMix: `lambda`', () => cutMix({ lambda: 0.5 } as never)],
  ['labelSmoothing: `epsilon`', () => labelSmoothing(1.1)],
  ['normalize: `std` must be an array', () => normalize({ mean: [0.5] })],
  ['normalize: `mean` must be an array', () => normalize({ std: [0.5] })],
  ['normalize: `std[0]`', () => normalize({ mean: [0.5], std: [0] })],
  ['normalize: `std` must be as long as `mean`', () => normalize({ mean: [0.5, 0.5, 0.5], std: [1, 1] })]
])('%s', (message, call) => {
  expect(call).toThrow(InvalidOptionError)
  expect(call).toThrow(message)
})
