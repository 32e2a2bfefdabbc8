import { checkInteger, checkNumber, checkOptions, checkProbability, checkRange } from '../check.js'
import { coverOption } from './fills.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link gridMask}. */
export interface GridMaskOptions {
  /**
   * Smallest and largest side of the grid's units in whole pixels (the paper's d); all between them are equally likely.
   * @defaultValue 3/7 of the image's shorter side, to all of it: 96 to 224 for 224 pixels, as in the paper
   */
  readonly unit?: readonly [low: number, high: number] | undefined
  /**
   * Share of a unit's side that stays (the paper's r). A square of the rest is covered in each unit, so that the share
   * (1 − ratio)² of the image is.
   * @defaultValue 0.6
   */
  readonly ratio?: number | undefined
  /**
   * Largest angle in degrees by which the grid is turned; the authors' code for ImageNet has 360.
   * @defaultValue 0
   */
  readonly rotate?: number | undefined
  /**
   * What the squares show: the data set's mean colour (ImageNet's where it is not known), which becomes 0 when the
   * image is normalised; a byte, or one for each channel; or `'noise'`, normal around the mean with the data set's
   * standard deviation.
   * @defaultValue 'mean'
   */
  readonly fill?: 'mean' | 'noise' | number | readonly number[] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 0.8
   */
  readonly p?: number | undefined
  /**
   * Epochs over which `p` is reached, in equal steps from 0. The authors take 240.
   * @defaultValue 0: from the beginning
   */
  readonly rampEpochs?: number | undefined
}

/**
 * Covers the squares of a regular grid, whose unit and place are random.
 *
 * Sample → sample. Labels, masks, boxes and keypoints stay.
 * Chen, Liu, Zhao, Jia 2020, https://arxiv.org/abs/2001.04086
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, forEachBatch, gridMask, normalize } from 'millrace'
 *
 * const train = cifar10({ split: 'train', seed: 1, shuffle: true }).pipe(gridMask({ unit: [12, 32] }), batch(128), normalize())
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function gridMask(options: GridMaskOptions = {}): SampleOperator {
  checkOptions('gridMask', options, ['unit', 'ratio', 'rotate', 'fill', 'p', 'rampEpochs'])
  const { unit, ratio = 0.6, rotate = 0, fill = 'mean', p = 0.8, rampEpochs = 0 } = options
  if (unit !== undefined) {
    checkRange('gridMask', 'unit', unit, { min: 2 })
    for (const [i, side] of unit.entries()) checkInteger('gridMask', `unit[${i}]`, side, { min: 2 })
  }
  checkProbability('gridMask', 'ratio', ratio)
  checkNumber('gridMask', 'rotate', rotate, { min: 0, max: 360 })
  checkProbability('gridMask', 'p', p)
  checkInteger('gridMask', 'rampEpochs', rampEpochs)
  return sampleStep({
    name: 'gridMask',
    options: {
      unit: unit === undefined ? 'side' : [...unit],
      ratio,
      rotate,
      fill: coverOption('gridMask', fill),
      p,
      rampEpochs
    }
  })
}
