import {
  type AffineDisplacementOptions,
  affineDisplacement,
  arrays,
  batch,
  InvalidOptionError,
  prefetch,
  randomPerspective,
  randomRotation,
  toAsyncIterable
} from 'millrace'
import { expect, test } from 'vitest'

const sampling = { interpolation: 'bilinear', border: 'constant', fill: 0 }
const none = { x: [0, 0], y: [0, 0] }

test.each([
  [
    affineDisplacement(),
    { ...sampling, rotate: [0, 0], translate: none, scale: [1, 1], shear: none, center: 'middle', p: 1 }
  ],
  [
    affineDisplacement({ rotate: 15, translate: 0.1, scale: 0.25, shear: 8, center: [3, 4.5], border: 'wrap' }),
    {
      ...sampling,
      rotate: [-15, 15],
      translate: { x: [-0.1, 0.1], y: [-0.1, 0.1] },
      scale: [0.75, 1.25],
      shear: { x: [-8, 8], y: [0, 0] },
      center: [3, 4.5],
      p: 1,
      border: 'wrap'
    }
  ],
  [
    affineDisplacement({ translate: { y: [0, 0.5] }, shear: { x: 3, y: [-1, 4] }, fill: [1, 2, 3] }).step.options,
    {
      ...sampling,
      rotate: [0, 0],
      translate: { x: [0, 0], y: [0, 0.5] },
      scale: [1, 1],
      shear: { x: [-3, 3], y: [-1, 4] },
      center: 'middle',
      p: 1,
      fill: [1, 2, 3]
    }
  ],
  [randomRotation(10), { ...sampling, degrees: [-10, 10], center: 'middle', p: 1 }],
  [randomRotation([0, 90], { p: 0.3 }), { ...sampling, degrees: [0, 90], center: 'middle', p: 0.3 }],
  [randomPerspective(), { ...sampling, distortionScale: 0.5, p: 0.5 }]
])('the step that is planned: %#', (operator, options) => {
  expect('step' in operator ? operator.step.options : operator).toEqual(options)
})

test('a matrix is kept as it was given', () => {
  const matrix: [[number, number, number], [number, number, number]] = [
    [1, 0.5, 2],
    [0, 1, -3]
  ]
  const { options } = affineDisplacement({ matrix }).step
  matrix[0][0] = 99
  expect(options).toMatchObject({ matrix: [1, 0.5, 2, 0, 1, -3] })
})

test('masks stay with the pixels, and workers change no byte', async () => {
  const ids = Uint8Array.from({ length: 6 * 7 * 5 }, (_, i) => 1 + ((i * 37) % 255))
  const run = async (workers: number) => {
    const bytes: number[] = []
    const source = arrays({
      images: ids,
      labels: [0, 1, 0, 1, 0, 1],
      masks: ids,
      shape: [7, 5, 1],
      classes: 2,
      seed: 3
    })
    const batches = source.pipe(
      affineDisplacement({ rotate: 20, scale: 0.2, interpolation: 'nearest' }),
      randomRotation(30, { border: 'reflect', interpolation: 'nearest' }),
      randomPerspective({ p: 1, interpolation: 'nearest' }),
      batch(3),
      prefetch(2, { workers })
    )
    for await (const { images, masks } of toAsyncIterable(batches)) {
      expect(masks).toEqual(images)
      bytes.push(...images)
    }
    return bytes
  }
  const [main, threads] = [await run(0), await run(1)]
  expect(threads).toEqual(main)
  expect(main).not.toEqual([...ids])
})

const bad = (options: object) => () => affineDisplacement(options as AffineDisplacementOptions)
const unit = [
  [1, 0, 0],
  [0, 1, 0]
]

test.each<[string, () => unknown]>([
  ['affineDisplacement: `rotate` must be a finite number between 0 and 360, but is -3', bad({ rotate: -3 })],
  ['affineDisplacement: `rotate` must be a pair [low, high]', bad({ rotate: [5, 1] })],
  ['affineDisplacement: `translate` must be a finite number between 0 and 1', bad({ translate: 2 })],
  ['affineDisplacement: `translate.y` must be a finite number', bad({ translate: { y: 'up' } })],
  ['affineDisplacement: `translate`: `z` must be one of the options x, y', bad({ translate: { z: 1 } })],
  ['affineDisplacement: `scale` must be a finite number between 0 and 0.999', bad({ scale: 1 })],
  ['affineDisplacement: `scale` must be a pair [low, high] of numbers within [0.001, 1000]', bad({ scale: [0, 1] })],
  ['affineDisplacement: `shear` must be a finite number between 0 and 89', bad({ shear: 90 })],
  ['affineDisplacement: `center` must be a point [x, y]', bad({ center: 'middle' })],
  ['affineDisplacement: `center[1]` must be a finite number', bad({ center: [1, NaN] })],
  ['affineDisplacement: `matrix` must be two rows of three numbers', bad({ matrix: [1, 0, 0, 0, 1, 0] })],
  ['affineDisplacement: `matrix[1][0]` must be a finite number', bad({ matrix: [unit[0], [NaN, 1, 0]] })],
  ['affineDisplacement: `matrix` must be a map that can be reversed', bad({ matrix: [unit[0], unit[0]] })],
  ['affineDisplacement: `rotate` must be absent where `matrix` is given', bad({ matrix: unit, rotate: 4 })],
  ['affineDisplacement: `p` must be', bad({ p: 1.5 })],
  ["affineDisplacement: `interpolation` must be one of 'nearest', 'bilinear'", bad({ interpolation: 'cubic' })],
  ["affineDisplacement: `border` must be one of 'constant', 'edge'", bad({ border: 'mirror' })],
  ['affineDisplacement: `fill` must be a whole number between 0 and 255', bad({ fill: -1 })],
  ['affineDisplacement: `degrees` must be one of the options', bad({ degrees: 4 })],
  ['randomRotation: `degrees` must be', () => randomRotation(NaN)],
  ['randomRotation: `expand` must be one of the options', () => randomRotation(5, { expand: true } as never)],
  ['randomPerspective: `distortionScale` must be', () => randomPerspective({ distortionScale: 1.1 })],
  ['randomPerspective: `p` must be', () => randomPerspective({ p: -1 })]
])('%s', (message, call) => {
  expect(call).toThrow(InvalidOptionError)
  expect(call).toThrow(message)
})
