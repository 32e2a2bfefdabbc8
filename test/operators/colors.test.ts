/** Operators that change colours, and policies: what they plan, and what they leave alone. */
import {
  augMix,
  type Batch,
  batch,
  colorJitter,
  describe as describePlan,
  grayscale,
  InvalidOptionError,
  indexed,
  prefetch,
  randAugment,
  type SampleOperator,
  trivialAugmentWide
} from 'millrace'
import { firstValueFrom, lastValueFrom, map } from 'rxjs'
import { describe, expect, test } from 'vitest'

const [height, width] = [40, 48]
/** Ids that no colour changes: a mask that says where each of the image's flat blocks is. */
const mask = Uint8Array.from(
  { length: height * width },
  (_, i) => 1 + Math.floor((i % width) / 12) + 4 * Math.floor(i / width / 10)
)
const pixels = Uint8Array.from({ length: 3 * mask.length }, (_, i) => 12 * mask[Math.floor(i / 3)]! + 10 * (i % 3))

function source(masks: boolean) {
  return indexed({
    size: 16,
    at: i => ({
      image: { data: pixels, width, height, channels: 3 },
      ...(masks && { mask: { data: mask, width, height, channels: 1 } }),
      label: i % 4
    }),
    classes: 4,
    seed: 3
  })
}

function copyOf(made: Batch) {
  const copy = { images: made.images.slice(), labels: made.labels.slice(), masks: made.masks?.slice() }
  made.release()
  return copy
}

function run(operator: SampleOperator, { masks = false, workers = 0 } = {}) {
  return lastValueFrom(source(masks).pipe(operator, batch(16), prefetch(1, { workers }), map(copyOf)))
}

test('the defaults are those of torchvision', () => {
  const nearest = { interpolation: 'nearest', border: 'constant', fill: 0 }
  expect(grayscale().step.options).toEqual({ p: 0.1 })
  expect(randAugment().step.options).toEqual({ n: 2, magnitude: 9, bins: 31, ...nearest })
  expect(randAugment({ interpolation: undefined }).step.options).toEqual(randAugment().step.options)
  expect(trivialAugmentWide().step.options).toEqual({ bins: 31, ...nearest })
  expect(trivialAugmentWide({ interpolation: 'bicubic' }).step.options).toMatchObject({ interpolation: 'bicubic' })
  expect(augMix().step.options).toEqual({
    ...nearest,
    severity: 3,
    width: 3,
    depth: -1,
    alpha: 1,
    interpolation: 'bilinear'
  })
  const { brightness, contrast, saturation, hue } = colorJitter({
    brightness: 0.25,
    contrast: 1.5,
    saturation: [0.5, 4],
    hue: 0.25
  }).step.options as Record<string, unknown>
  expect([brightness, contrast, saturation, hue]).toEqual([
    [0.75, 1.25],
    [0, 2.5],
    [0.5, 4],
    [-0.25, 0.25]
  ])
})

describe.each([
  ['colorJitter', colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })],
  ['grayscale', grayscale({ p: 0.5 })],
  ['randAugment', randAugment()],
  ['trivialAugmentWide', trivialAugmentWide()],
  ['augMix', augMix()]
] as const)('%s', (_name, operator) => {
  test('changes pixels and no label; the same in a worker', async () => {
    const [plain, made, worker] = await Promise.all([
      run(grayscale({ p: 0 })),
      run(operator),
      run(operator, { workers: 1 })
    ])
    expect(made.images).not.toEqual(plain.images)
    expect(made.labels).toEqual(plain.labels)
    expect(worker.images).toEqual(made.images)
  })

  test('is described as plain data', async () => {
    const plan = await firstValueFrom(source(false).pipe(operator, batch(16)))
    const described = await describePlan(plan)
    expect(JSON.parse(JSON.stringify(described))).toEqual(described)
  })
})

test('colours leave masks alone', async () => {
  const { masks } = await run(colorJitter({ brightness: 0.4, hue: 0.1 }), { masks: true })
  expect(masks!.subarray(0, mask.length)).toEqual(mask)
})

test('masks go through the motions of a policy, and not through its colours', async () => {
  const [plain, strong] = await Promise.all([
    run(randAugment({ n: 0 }), { masks: true }),
    run(randAugment({ n: 3, magnitude: 25 }), { masks: true })
  ])
  expect(strong.masks).not.toEqual(plain.masks)
  const ids = new Set(strong.masks)
  expect([...ids].every(id => id <= 16)).toBe(true)
  // A block of one id has one colour wherever it went, but for its border, which may have been sharpened.
  const colors = Array.from({ length: 16 }, (_, row) => {
    const inside = new Map<number, Set<string>>()
    for (let y = 2; y < height - 2; y++) {
      for (let x = 2; x < width - 2; x++) {
        const at = (row * height + y) * width + x
        const id = strong.masks![at]!
        const near = [-2, -1, 0, 1, 2].flatMap(dy => [-2, -1, 0, 1, 2].map(dx => strong.masks![at + dy * width + dx]))
        if (id === 0 || near.some(other => other !== id)) continue
        inside.set(id, (inside.get(id) ?? new Set()).add(strong.images.subarray(3 * at, 3 * at + 3).join()))
      }
    }
    return [...inside.values()].map(set => set.size)
  })
  expect(colors.flat().length).toBeGreaterThan(40)
  expect(Math.max(...colors.flat())).toBe(1)
})

test('augMix refuses masks, and says why', async () => {
  await expect(run(augMix(), { masks: true })).rejects.toThrow(/differently moved versions/)
})

test.each([
  ['brightness', () => colorJitter({ brightness: -0.1 })],
  ['contrast', () => colorJitter({ contrast: Infinity })],
  ['saturation', () => colorJitter({ saturation: [-1, 1] })],
  ['hue', () => colorJitter({ hue: 0.6 })],
  ['p', () => grayscale({ p: 2 })],
  ['magnitude', () => randAugment({ magnitude: 31 })],
  ['bins', () => trivialAugmentWide({ bins: 1 })],
  ['severity', () => augMix({ severity: 11 })],
  ['depth', () => augMix({ depth: 0 })],
  ['alpha', () => augMix({ alpha: 0 })]
])('a wrong `%s` is refused at the call', (option, call) => {
  expect(call).toThrow(InvalidOptionError)
  expect(call).toThrow(`\`${option}\``)
})
