// What the gallery shows: the name, how it is called, what it does and what to look for, and where it comes from.
const entry = (name, expression, text, from, seed) => ({ name, expression, text, from, seed })

export const sections = [
  {
    title: 'Places: crops, flips, warps',
    entries: [
      entry(
        'resize',
        'resize(84)',
        'Scales; antialiased, so that fine patterns do not flicker.',
        'As Pillow and torchvision.'
      ),
      entry('centerCrop', 'centerCrop(84)', 'Cuts out the middle.', 'As torchvision.'),
      entry(
        'randomCrop',
        "randomCrop(112, { padding: 14, mode: 'edge' })",
        'Cuts out a random place; with padding, the image shifts.',
        'As torchvision.'
      ),
      entry(
        'randomResizedCrop',
        'randomResizedCrop(112)',
        'A random area (8 to 100 %) and aspect, scaled: every result shows another part at another size.',
        '[Szegedy et al. 2015](https://arxiv.org/abs/1409.4842).'
      ),
      entry('randomFlip', 'randomFlip()', 'Mirrors half of the images.', 'As torchvision.'),
      entry(
        'affineDisplacement',
        "affineDisplacement({ rotate: 20, translate: 0.1, scale: [0.8, 1.2], shear: 10, border: 'edge' })",
        'Each pixel moves by an affine function of its place. Straight lines stay straight, parallels parallel.',
        'Simard, Steinkraus, Platt 2003.'
      ),
      entry(
        'randomRotation',
        'randomRotation(30)',
        'Turns about the middle; what comes in from outside is black.',
        'As torchvision.'
      ),
      entry(
        'randomPerspective',
        'randomPerspective({ p: 1 })',
        'Moves the four corners: lines stay straight, parallels do not stay parallel.',
        'As torchvision.'
      ),
      entry(
        'elasticDistortion',
        "elasticDistortion({ alpha: 260, sigma: 11, border: 'edge' })",
        'Smoothed noise bends the image as water would. Small `sigma` jitters, large `sigma` shifts; `alpha` is the strength.',
        'Simard, Steinkraus, Platt 2003.'
      ),
      entry(
        'elasticGrid',
        "elasticGrid({ sigma: 8, border: 'edge' })",
        'Random displacements of a 3 × 3 grid, with a spline between them: slower waves than above.',
        '[Ronneberger et al. 2015](https://arxiv.org/abs/1505.04597), elasticdeform.'
      ),
      entry(
        'mosaic',
        'mosaic(112)',
        'Four images around a random centre; boxes and masks come along.',
        '[Bochkovskiy et al. 2020](https://arxiv.org/abs/2004.10934).'
      )
    ]
  },
  {
    title: 'Covering and dropping',
    entries: [
      entry(
        'cutout',
        'cutout()',
        'Covers a square with the mean colour. Its centre may be anywhere, so that some squares are cut off at the border.',
        '[DeVries, Taylor 2017](https://arxiv.org/abs/1708.04552).'
      ),
      entry(
        'randomErasing',
        "randomErasing({ p: 1, fill: 'noise' })",
        'Covers a rectangle of random area and aspect, which lies inside.',
        '[Zhong et al. 2017](https://arxiv.org/abs/1708.04896), torchvision.'
      ),
      entry(
        'gridMask',
        'gridMask({ p: 1 })',
        'Covers the squares of a regular grid.',
        '[Chen et al. 2020](https://arxiv.org/abs/2001.04086).'
      ),
      entry(
        'hideAndSeek',
        'hideAndSeek()',
        'Covers random patches of a grid, each with the same probability.',
        '[Singh, Lee 2017](https://arxiv.org/abs/1704.04232).'
      ),
      entry(
        'pixelDropout',
        'pixelDropout({ rate: 0.3, fill: 0 })',
        'Drops pixels one by one. Neighbours tell nearly all that is lost, which is why dropping channels was invented.',
        '[Srivastava et al. 2014](https://jmlr.org/papers/v15/srivastava14a.html).'
      ),
      entry(
        'channelDropout',
        'channelDropout({ rate: 0.4, fill: 0 })',
        'Drops whole channels: spatial dropout, on the input.',
        '[Tompson et al. 2015](https://arxiv.org/abs/1411.4280).'
      )
    ]
  },
  {
    title: 'Colours',
    entries: [
      entry('gaussianBlur', 'gaussianBlur()', 'Blurs by a random width.', 'As torchvision.'),
      entry(
        'colorJitter',
        'colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })',
        'Brightness, contrast, saturation and hue, in random order.',
        'As torchvision.'
      ),
      entry('grayscale', 'grayscale({ p: 0.5 })', 'Takes the colours out.', 'As torchvision.')
    ]
  },
  {
    title: 'Policies and combinations',
    entries: [
      entry(
        'randAugment',
        'randAugment()',
        'Two of fourteen operations at one strength.',
        '[Cubuk et al. 2020](https://arxiv.org/abs/1909.13719).'
      ),
      entry(
        'trivialAugmentWide',
        'trivialAugmentWide()',
        'One operation at any strength: some results are hardly changed, some hardly recognised.',
        '[Müller, Hutter 2021](https://arxiv.org/abs/2103.10158).'
      ),
      entry(
        'augMix',
        'augMix({ severity: 6 })',
        'Several changed versions laid over the image: ghosts, but the image stays clear.',
        '[Hendrycks et al. 2020](https://arxiv.org/abs/1912.02781).'
      ),
      entry(
        'sometimes',
        'sometimes(0.5, grayscale({ p: 1 }), cutout())',
        'All of several operators, or none.',
        'As torchvision’s `RandomApply`.'
      ),
      entry('oneOf', 'oneOf([mixUp(), cutMix()])', 'One of several operators.', 'As torchvision’s `RandomChoice`.', 3),
      entry('compose', 'compose(randomFlip(), cutout())', 'Several operators as one.', 'As torchvision.')
    ]
  },
  {
    title: 'Mixing images',
    entries: [
      entry(
        'samplePairing',
        'samplePairing()',
        'The average with another image of the data set. The label does not change: half of what is seen has another one.',
        '[Inoue 2018](https://arxiv.org/abs/1801.02929).'
      ),
      entry(
        'mixUp',
        'mixUp()',
        'A weighted mean of two images, and of their labels.',
        '[Zhang et al. 2018](https://arxiv.org/abs/1710.09412).',
        1
      ),
      entry(
        'cutMix',
        'cutMix()',
        'A box from another image; the label’s weights are the shares of the area.',
        '[Yun et al. 2019](https://arxiv.org/abs/1905.04899).'
      ),
      entry(
        'ricap',
        'ricap()',
        'Four crops around a random point. With `beta` 0.3 the point often lies near a side, so that one image is seen nearly whole.',
        '[Takahashi et al. 2018](https://arxiv.org/abs/1811.09030).',
        2
      ),
      entry(
        'fMix',
        'fMix()',
        'As cutMix, with shapes cut from smooth noise in place of boxes.',
        '[Harris et al. 2020](https://arxiv.org/abs/2002.12047).',
        2
      ),
      entry(
        'resizeMix',
        'resizeMix()',
        'The whole of another image, scaled and pasted.',
        '[Qin et al. 2020](https://arxiv.org/abs/2012.11101).'
      ),
      entry(
        'sameClassTuples',
        'sameClassTuples()',
        'Images of one class, stacked in the channels: inputs of `smartAugmentation`, and its target. (Here every photo is its own class, and is repeated.)',
        '[Lemley et al. 2017](https://arxiv.org/abs/1703.08383).'
      )
    ]
  },
  {
    title: 'Labels and statistics',
    entries: [
      entry(
        'labelSmoothing',
        undefined,
        'Moves some of a label’s weight to all classes; no pixel changes.',
        '[Szegedy et al. 2016](https://arxiv.org/abs/1512.00567).'
      ),
      entry(
        'batchNormalization',
        undefined,
        'Normalises each channel by the mean and variance of its own batch; shown as bytes again, nothing is to be seen.',
        '[Ioffe, Szegedy 2015](https://arxiv.org/abs/1502.03167).'
      )
    ]
  }
]
