/** Options of every registered step, for the contract test. A step without an entry fails it. */
import type { Shape } from '#dist/kernels/step.js'

export interface SampleExample {
  /** Settings to try. On images of 12×9 and larger they draw parameters at least now and then. */
  readonly options: readonly object[]
  /** Only images of so many channels are changed. */
  readonly colors?: number
  /** Settings that leave an image of this shape as it is, bit for bit. */
  readonly identity?: (shape: Shape) => readonly object[]
}

export interface BatchExample {
  readonly options: readonly object[]
  /** Settings that leave images and labels as they are, bit for bit. */
  readonly identity: readonly object[]
  /** Pixels are made of several others: bytes are rounded twice, and places are known to a pixel or two. */
  readonly scales?: boolean
}

const sampling = { interpolation: 'bilinear', border: 'constant', fill: 0 }
const still = {
  ...sampling,
  rotate: [0, 0],
  translate: { x: [0, 0], y: [0, 0] },
  scale: [1, 1],
  shear: { x: [0, 0], y: [0, 0] },
  center: 'middle',
  p: 1
}

const nearest = { interpolation: 'nearest', border: 'constant', fill: 0 }

const bilinear = { interpolation: 'bilinear', border: 'constant', fill: 0 }
const turned = {
  rotate: [-10, 10],
  translate: { x: [0, 0], y: [0, 0] },
  scale: [0.9, 1.1],
  shear: { x: [0, 0], y: [0, 0] },
  center: 'middle',
  p: 1,
  ...bilinear
}

/** Parts of composites. */
const flip = { name: 'randomFlip', options: { p: 0.5, direction: 'horizontal' } }
const crop = { name: 'randomCrop', options: { size: [16, 12], padding: 4, fill: 0, mode: 'edge' } }
const cover = { name: 'cutout', options: { size: 4, count: 1, fill: 9, p: 1, exact: false, inside: false } }

export const sampleExamples: Record<string, SampleExample> = {
  mosaic: {
    options: [
      { size: [40, 30], center: [0.25, 0.75], p: 1 },
      { size: [9, 13], center: [0, 1], p: 0.6 }
    ]
  },
  gaussianBlur: {
    options: [
      { sigma: [0.5, 2], kernelSize: undefined, p: 1 },
      { sigma: [1, 1], kernelSize: 5, p: 0.5 }
    ],
    identity: () => [
      { sigma: [1, 2], kernelSize: undefined, p: 0 },
      { sigma: [0, 0], kernelSize: undefined, p: 1 },
      { sigma: [1, 2], kernelSize: 1, p: 1 }
    ]
  },
  elasticDistortion: {
    options: [
      { alpha: 20, sigma: 4, blurBorder: 'zero', affine: undefined, p: 1, ...bilinear },
      { alpha: 8, sigma: 3, blurBorder: 'reflect', affine: turned, p: 0.7, ...bilinear, border: 'edge' }
    ],
    identity: () => [
      { alpha: 0, sigma: 4, blurBorder: 'zero', affine: undefined, p: 1, ...bilinear },
      { alpha: 34, sigma: 4, blurBorder: 'zero', affine: turned, p: 0, ...bilinear }
    ]
  },
  elasticGrid: {
    options: [
      { sigma: 1, points: [3, 3], order: 1, border: 'constant', fill: 7, p: 1 },
      { sigma: 1, points: [2, 4], order: 3, border: 'edge', fill: 0, p: 0.8 }
    ],
    identity: () => [{ sigma: 0, points: [3, 3], order: 3, border: 'constant', fill: 0, p: 1 }]
  },
  colorJitter: {
    options: [
      { brightness: [0.6, 1.4], contrast: [0.6, 1.4], saturation: [0.6, 1.4], hue: [-0.1, 0.1], p: 1 },
      { brightness: undefined, contrast: [0, 2], saturation: undefined, hue: undefined, p: 0.7 }
    ],
    identity: () => [
      { brightness: [1, 1], contrast: [1, 1], saturation: [1, 1], hue: [0, 0], p: 1 },
      { brightness: [0.5, 1.5], contrast: [0.5, 1.5], saturation: [0.5, 1.5], hue: [0.1, 0.2], p: 0 }
    ]
  },
  grayscale: { options: [{ p: 0.5 }], colors: 3, identity: () => [{ p: 0 }] },
  randAugment: {
    options: [
      { n: 2, magnitude: 9, bins: 31, ...nearest },
      { n: 3, magnitude: 20, bins: 31, interpolation: 'bilinear', border: 'constant', fill: 9 }
    ],
    identity: () => [{ n: 0, magnitude: 9, bins: 31, ...nearest }]
  },
  trivialAugmentWide: { options: [{ bins: 31, ...nearest }] },
  augMix: { options: [{ severity: 3, width: 3, depth: -1, alpha: 1, ...nearest }] },
  sometimes: {
    options: [{ p: 0.7, steps: [flip, crop, cover] }],
    identity: () => [{ p: 0, steps: [flip, crop] }]
  },
  oneOf: {
    options: [{ p: 0.9, weights: [1, 3, 2], steps: [flip, crop, cover] }],
    identity: () => [{ p: 0, weights: [1], steps: [flip] }]
  },
  compose: { options: [{ steps: [cover, crop, flip, cover] }, { steps: [crop] }] },
  samplePairing: {
    options: [
      { p: 1, schedule: undefined },
      { p: 0.5, schedule: { from: 0, to: 1, on: 1, off: 0 } }
    ],
    identity: () => [
      { p: 0, schedule: undefined },
      { p: 1, schedule: { from: 1, to: 2, on: 1, off: 0 } }
    ]
  },
  sameClassTuples: { options: [{ k: 1 }, { k: 3 }] },
  resize: {
    options: [{ size: 5 }, { size: 20 }, { size: [7, 4] }, { size: [16, 5] }, { size: [12, 31] }],
    identity: ([height, width]) => [{ size: [height, width] }, { size: Math.min(height, width) }]
  },
  centerCrop: {
    options: [{ size: [5, 4] }, { size: [20, 20] }, { size: [8, 31] }],
    identity: ([height, width]) => [{ size: [height, width] }]
  },
  randomCrop: {
    options: [
      { size: [5, 4], padding: 0, fill: 0, mode: 'constant' },
      { size: [12, 12], padding: 4, fill: 7, mode: 'constant' },
      { size: [9, 8], padding: 3, fill: 0, mode: 'reflect' },
      { size: [9, 8], padding: 3, fill: 0, mode: 'edge' }
    ],
    identity: ([height, width]) => [{ size: [height, width], padding: 0, fill: 0, mode: 'constant' }]
  },
  randomResizedCrop: {
    options: [
      { size: [8, 8], scale: [0.08, 1], ratio: [3 / 4, 4 / 3] },
      { size: [17, 5], scale: [0.5, 1], ratio: [1, 1] }
    ]
  },
  randomFlip: {
    options: [
      { p: 0.5, direction: 'horizontal' },
      { p: 1, direction: 'vertical' }
    ],
    identity: () => [{ p: 0, direction: 'horizontal' }]
  },
  affineDisplacement: {
    options: [
      {
        rotate: [-20, 20],
        translate: { x: [-0.1, 0.1], y: [-0.2, 0] },
        scale: [0.7, 1.3],
        shear: { x: [-10, 10], y: [0, 8] },
        center: 'middle',
        p: 1,
        interpolation: 'bilinear',
        border: 'constant',
        fill: 9
      },
      {
        ...still,
        matrix: [0.9, 0.1, -1.5, -0.2, 1.1, 2],
        p: 0.5,
        interpolation: 'bicubic',
        border: 'edge'
      }
    ],
    identity: () => [
      still,
      { ...still, rotate: [-20, 20], p: 0 },
      { ...still, rotate: [-360, -360], interpolation: 'bicubic' },
      { ...still, matrix: [1, 0, 0, 0, 1, 0], border: 'wrap' }
    ]
  },
  randomRotation: {
    options: [
      { ...sampling, degrees: [-45, 45], center: 'middle', p: 1 },
      { ...sampling, degrees: [80, 100], center: [4, 3], p: 0.7, interpolation: 'nearest', border: 'edge' }
    ],
    identity: () => [
      { ...sampling, degrees: [-45, 45], center: 'middle', p: 0 },
      { ...sampling, degrees: [0, 0], center: [4, 3], p: 1 }
    ]
  },
  randomPerspective: {
    options: [
      { ...sampling, distortionScale: 0.5, p: 1 },
      { ...sampling, distortionScale: 0.7, p: 0.5, interpolation: 'bicubic', border: 'edge' }
    ],
    identity: () => [
      { ...sampling, distortionScale: 0.5, p: 0 },
      { ...sampling, distortionScale: 0, p: 1 }
    ]
  },
  cutout: {
    options: [
      { size: 'half', count: 1, fill: 'mean', p: 1, exact: false, inside: false },
      { size: 5, count: 3, fill: 'noise', p: 1, exact: true, inside: false },
      { size: 4, count: 1, fill: 9, p: 0.5, exact: false, inside: true }
    ],
    identity: () => [
      { size: 'half', count: 1, fill: 'mean', p: 0, exact: false, inside: false },
      { size: 0, count: 1, fill: 'mean', p: 1, exact: false, inside: false },
      { size: 4, count: 0, fill: 'mean', p: 1, exact: false, inside: false }
    ]
  },
  randomErasing: {
    options: [
      { scale: [0.02, 0.33], ratio: [0.3, 3.3], fill: 'mean', p: 1 },
      { scale: [0.2, 0.5], ratio: [1, 1], fill: 'noise', p: 0.5 }
    ],
    identity: () => [
      { scale: [0.02, 0.33], ratio: [0.3, 3.3], fill: 'mean', p: 0 },
      { scale: [1, 1], ratio: [1, 1], fill: 'mean', p: 1 },
      { scale: [0, 0], ratio: [1, 1], fill: 'mean', p: 1 }
    ]
  },
  gridMask: {
    options: [
      { unit: 'side', ratio: 0.6, rotate: 0, fill: 'mean', p: 0.8, rampEpochs: 0 },
      { unit: [3, 5], ratio: 0.4, rotate: 360, fill: 'noise', p: 1, rampEpochs: 0 }
    ],
    identity: () => [
      { unit: 'side', ratio: 0.6, rotate: 0, fill: 'mean', p: 0, rampEpochs: 0 },
      { unit: 'side', ratio: 1, rotate: 0, fill: 'mean', p: 1, rampEpochs: 0 },
      { unit: 'side', ratio: 0.6, rotate: 0, fill: 'mean', p: 1, rampEpochs: 8 }
    ]
  },
  hideAndSeek: {
    options: [
      { size: 'quarter', rate: 0.5, fill: 'mean', p: 1 },
      { size: [0, 2, 5], rate: 0.3, fill: 'noise', p: 0.5 }
    ],
    identity: () => [
      { size: 'quarter', rate: 0.5, fill: 'mean', p: 0 },
      { size: 'quarter', rate: 0, fill: 'mean', p: 1 },
      { size: [0], rate: 1, fill: 'mean', p: 1 }
    ]
  },
  pixelDropout: {
    options: [
      { rate: 0.2, perChannel: false, scale: false, fill: 'mean', p: 1 },
      { rate: 0.5, perChannel: true, scale: true, fill: 0, p: 0.5 },
      { rate: 0.5, perChannel: false, scale: true, fill: 'noise', p: 1 }
    ],
    identity: () => [
      { rate: 0, perChannel: false, scale: true, fill: 0, p: 1 },
      { rate: 0.5, perChannel: false, scale: true, fill: 0, p: 0 }
    ]
  },
  channelDropout: {
    options: [
      { rate: 0.5, keepOne: false, scale: false, fill: 'mean', p: 1 },
      { rate: 0.5, keepOne: true, scale: true, fill: 'noise', p: 1 }
    ],
    identity: () => [
      { rate: 0, keepOne: true, scale: true, fill: 0, p: 1 },
      { rate: 0.5, keepOne: true, scale: true, fill: 0, p: 0 }
    ]
  },
  channelStats: { options: [{}] }
}

export const batchExamples: Record<string, BatchExample> = {
  oneOf: {
    options: [
      {
        p: 1,
        weights: [1, 1],
        steps: [
          { name: 'cutMix', options: { alpha: 1, p: 1, partner: 'permutation', correct: true, granularity: 'batch' } },
          { name: 'labelSmoothing', options: { epsilon: 0.1 } }
        ]
      }
    ],
    identity: [{ p: 0, weights: [1], steps: [{ name: 'labelSmoothing', options: { epsilon: 0.1 } }] }]
  },
  mixUp: {
    options: [
      { alpha: 1, granularity: 'batch', partner: 'permutation', p: 1 },
      { alpha: 0.2, granularity: 'sample', partner: 'reverse', p: 0.5 },
      { alpha: 1, granularity: 'pair', partner: 'reverse', p: 0.5 },
      { alpha: 1, granularity: 'batch', partner: 'roll', p: 1 }
    ],
    identity: [
      { alpha: 0, granularity: 'batch', partner: 'permutation', p: 1 },
      { alpha: 1, granularity: 'batch', partner: 'permutation', p: 0 },
      { alpha: 1, granularity: 'sample', partner: 'permutation', p: 0 }
    ]
  },
  cutMix: {
    options: [
      { alpha: 1, p: 1, granularity: 'batch', partner: 'permutation', correct: true, minMax: undefined },
      { alpha: 0.5, p: 0.5, granularity: 'batch', partner: 'roll', correct: false, minMax: undefined },
      { alpha: 1, p: 1, granularity: 'sample', partner: 'permutation', correct: true, minMax: undefined },
      { alpha: 1, p: 0.5, granularity: 'pair', partner: 'reverse', correct: true, minMax: [0.2, 0.9] }
    ],
    identity: [
      { alpha: 0, p: 1, granularity: 'batch', partner: 'permutation', correct: true, minMax: undefined },
      { alpha: 1, p: 0, granularity: 'sample', partner: 'permutation', correct: true, minMax: undefined },
      { alpha: 1, p: 1, granularity: 'sample', partner: 'permutation', correct: true, minMax: [0, 0] }
    ]
  },
  ricap: {
    options: [
      { beta: 0.3, rounding: 'half-even', granularity: 'batch', p: 1 },
      { beta: 2, rounding: 'half-up', granularity: 'sample', p: 0.5 },
      { beta: 1, rounding: 'half-even', granularity: 'batch', p: 0.5 }
    ],
    identity: [
      { beta: 0, rounding: 'half-even', granularity: 'batch', p: 1 },
      { beta: 0.3, rounding: 'half-even', granularity: 'sample', p: 0 }
    ]
  },
  fMix: {
    options: [
      { alpha: 1, decay: 3, partner: 'permutation', p: 1 },
      { alpha: 0.5, decay: 1, partner: 'reverse', p: 0.5 }
    ],
    identity: [
      { alpha: 0, decay: 3, partner: 'permutation', p: 1 },
      { alpha: 1, decay: 3, partner: 'permutation', p: 0 }
    ]
  },
  resizeMix: {
    options: [
      { scale: [0.1, 0.8], partner: 'permutation', p: 1 },
      { scale: [0.5, 1], partner: 'roll', p: 0.5 }
    ],
    identity: [
      { scale: [0.1, 0.8], partner: 'permutation', p: 0 },
      { scale: [0, 0], partner: 'permutation', p: 1 }
    ],
    scales: true
  },
  labelSmoothing: { options: [{ epsilon: 0.1 }, { epsilon: 1 }], identity: [{ epsilon: 0 }] }
}
