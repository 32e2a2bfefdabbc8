/** How large the experiments are. */

/**
 * `share` of the training images that is learned from (of 50,000, by `subset`); `batch` images a step; `epochs`;
 * `rate`, the highest learning rate; `testImages` that a curve is drawn from, every `testEvery` epochs; `finalImages`
 * that the table is made from.
 *
 * `full` was fixed by looking at `none`, `noneWithoutNorm` and `cropFlip` only. It has to end within about an hour on two
 * cores, and the network has to overfit as it does in the papers, also with crop + flip, beside which all others stand:
 * few images many times, not many a few times. At equal cost, 2,000 images for 40 epochs left crop + flip with 32 %
 * errors on its training images (47 % on the test images), 1,000 for 80 epochs with 13 % (51 %). Without augmentation
 * 2,000 images were learned by heart within 24 epochs. The learning rate was set once and never varied.
 */
export const profiles = {
  full: { share: 0.02, batch: 50, epochs: 80, rate: 0.05, testImages: 2000, testEvery: 4, finalImages: 10_000 },
  quick: { share: 0.01, batch: 50, epochs: 30, rate: 0.05, testImages: 1000, testEvery: 6, finalImages: 2000 },
  smoke: { share: 0.004, batch: 50, epochs: 2, rate: 0.05, testImages: 200, testEvery: 1, finalImages: 200 }
}

/** Seeds of each profile, where the command line does not say. */
export const SEEDS = { full: 3, quick: 1, smoke: 1 }

const WARM_UP = 0.1

/** The learning rate: up in a tenth of the steps, then down along half a cosine. A pure function, so it can be resumed. */
export function learningRate({ rate }, progress) {
  if (progress < WARM_UP) return (rate * (progress + 0.01)) / (WARM_UP + 0.01)
  return rate * 0.5 * (1 + Math.cos((Math.PI * (progress - WARM_UP)) / (1 - WARM_UP)))
}

/**
 * Batch and epochs of a configuration. Tuples of Smart Augmentation give the classifier two images each, a made one and a
 * real one, so half as many make the same number of images and steps.
 */
export function pace(configuration, { batch, epochs }) {
  return configuration.smart === undefined ? { batch, epochs } : { batch: batch / 2, epochs: epochs / 2 }
}
