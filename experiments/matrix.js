/**
 * What is compared: one entry a configuration, trained once for each seed.
 *
 * Strengths are those of each method's paper for CIFAR-10, or its only ones; none was tuned here. All share the network,
 * the images, their order, the first weights (by seed), the optimizer, the learning rate and the number of steps.
 */
import {
  cutMix,
  cutout,
  elasticDistortion,
  labelSmoothing,
  mixUp,
  randomCrop,
  randomErasing,
  randomFlip,
  ricap,
  sameClassTuples,
  samplePairing
} from 'millrace'

/** What the others are compared with. */
export const BASE = 'cropFlip'

const cropFlip = [randomCrop(32, { padding: 4 }), randomFlip()]

/**
 * `samples` and `batches` are operators before and after `batch`; `network` goes to `createNetwork`; `method` is how it
 * is named, `strength` says what was set. `cost` is roughly how long a run takes, beside the others.
 */
export const matrix = [
  { id: 'none', method: 'no augmentation', strength: '', samples: [] },
  { id: 'cropFlip', method: 'crop + flip', strength: 'padding 4', samples: cropFlip },
  { id: 'cutout', method: 'cutout', strength: '16 × 16 pixels', samples: [...cropFlip, cutout({ size: 16 })] },
  {
    id: 'randomErasing',
    method: 'random erasing',
    strength: 'half of the images, 2–33 % of the area',
    samples: [...cropFlip, randomErasing()]
  },
  { id: 'mixUp', method: 'mixup', strength: 'α = 1', samples: cropFlip, batches: [mixUp({ alpha: 1 })] },
  {
    id: 'cutMix',
    method: 'CutMix',
    strength: 'α = 1, half of the batches',
    samples: cropFlip,
    batches: [cutMix({ alpha: 1, p: 0.5 })]
  },
  { id: 'ricap', method: 'RICAP', strength: 'β = 0.3', samples: cropFlip, batches: [ricap({ beta: 0.3 })] },
  {
    id: 'samplePairing',
    method: 'SamplePairing',
    strength: 'off for 10 % of the epochs, 8 on and 2 off until 80 %, off',
    samples: ({ epochs }) => [...cropFlip, samplePairing({ schedule: pairing(epochs) })]
  },
  {
    id: 'labelSmoothing',
    method: 'label smoothing',
    strength: 'ε = 0.1',
    samples: cropFlip,
    batches: [labelSmoothing(0.1)]
  },
  {
    id: 'elasticDistortion',
    method: 'elastic distortion',
    strength: 'α = 34 pixels, σ = 4 pixels',
    samples: [...cropFlip, elasticDistortion({ alpha: 34, sigma: 4 })]
  },
  {
    id: 'dropout',
    method: 'dropout',
    strength: 'half of the features before the classifier',
    samples: cropFlip,
    network: { dropout: 0.5 }
  },
  {
    id: 'spatialDropout',
    method: 'spatial dropout',
    strength: 'half of the maps before the last convolution',
    samples: cropFlip,
    network: { spatialDropout: 0.5 }
  },
  {
    // Network A is a small one: the paper's takes 15 times as long as the classifier. Pixels lie in [0, 1], as it needs.
    id: 'smartAugmentation',
    method: 'Smart Augmentation',
    strength: 'k = 2, losses 0.3 and 0.7, a small network A',
    samples: [...cropFlip, sameClassTuples(2)],
    pixels: { mean: [0], std: [1] },
    smart: { k: 2 },
    cost: 2
  },
  {
    id: 'noneWithoutNorm',
    method: 'no augmentation, no batch normalisation',
    strength: '',
    samples: [],
    network: { batchNormalization: false }
  },
  {
    id: 'cropFlipWithoutNorm',
    method: 'crop + flip, no batch normalisation',
    strength: 'padding 4',
    samples: cropFlip,
    network: { batchNormalization: false }
  }
]

/** The networks whose heat maps are compared. */
export const HEAT_MAPS = ['none', 'cropFlip', 'cutout', 'ricap', 'cutMix']

/** The paper's schedule in shares: 100, 700 and 200 of its 1,000 epochs. */
export function pairing(epochs) {
  return { from: Math.round(0.1 * epochs), to: Math.round(0.8 * epochs), on: 8, off: 2 }
}
