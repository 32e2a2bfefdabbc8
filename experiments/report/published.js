/**
 * What the papers report: errors in percent, without → with the method. `fewer` says whether the paper has fewer errors
 * with it; where nothing could be checked there is no number. `source` is where the numbers are from.
 */
export const published = {
  cutout: {
    text: 'CIFAR-10: ResNet-18 4.72 → 3.99, WRN-28-10 3.87 → 3.08. CIFAR-100, PyramidNet-200: 16.45 → 16.53, no gain',
    fewer: true,
    source: "[authors' code](https://github.com/uoguelph-mlrg/Cutout), [CutMix](https://arxiv.org/abs/1905.04899)"
  },
  randomErasing: {
    text: 'CIFAR-10, WRN-28-10: 3.82 → 3.18',
    fewer: true,
    source: '[a reproduction](https://github.com/4uiiurz1/pytorch-ricap)'
  },
  mixUp: {
    text: 'CIFAR-10: PreAct ResNet-18 5.6 → 4.2, WRN-28-10 3.82 → 3.02',
    fewer: true,
    source: '[paper](https://arxiv.org/abs/1710.09412), [a reproduction](https://github.com/4uiiurz1/pytorch-ricap)'
  },
  cutMix: {
    text: 'PyramidNet-200: CIFAR-10 3.85 → 2.88, CIFAR-100 16.45 → 14.47. ImageNet, ResNet-50: 23.68 → 21.40',
    fewer: true,
    source: '[paper](https://arxiv.org/abs/1905.04899)'
  },
  ricap: {
    text: 'WRN-28-10: CIFAR-10 3.89 → 2.85, CIFAR-100 18.85 → 17.22. ImageNet, WRN-50-2: 21.90 → 21.08',
    fewer: true,
    source: "[authors' code](https://github.com/jackryo/ricap)"
  },
  samplePairing: {
    text: 'CIFAR-10: 8.22 → 6.93. ILSVRC-2012, GoogLeNet: 33.5 → 29.0',
    fewer: true,
    source: '[paper](https://arxiv.org/abs/1801.02929), [as quoted](https://github.com/junkwhinger/SamplePairing)'
  },
  labelSmoothing: {
    text: 'ImageNet, Inception: about 0.2 points fewer. CIFAR-100, PyramidNet-200: 16.45 → 16.73, no gain',
    fewer: true,
    source: '[paper](https://arxiv.org/abs/1512.00567), [CutMix](https://arxiv.org/abs/1905.04899)'
  },
  elasticDistortion: {
    text: 'MNIST, two layers: 1.6 → 0.7 (affine distortions alone: 1.1)',
    fewer: true,
    source: "[LeCun's table](http://yann.lecun.com/exdb/mnist/)"
  },
  dropout: {
    text: 'CIFAR-10: 14.98 → 14.32 in the fully connected layers, 12.61 in all',
    fewer: true,
    source: '[paper](https://jmlr.org/papers/v15/srivastava14a.html)'
  },
  spatialDropout: {
    text: 'for poses in photos; no number could be checked',
    source: '[paper](https://arxiv.org/abs/1411.4280)'
  },
  smartAugmentation: {
    text: 'for faces and places; no number could be checked, and [who tried](https://github.com/lanPN85/smart-augment) could not repeat them',
    source: '[paper](https://arxiv.org/abs/1703.08383)'
  },
  noneWithoutNorm: {
    text: 'batch normalisation: the accuracy of Inception in less than half of the steps',
    source: '[paper](https://arxiv.org/abs/1502.03167)'
  }
}
