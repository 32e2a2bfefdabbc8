import { checkInteger, checkNumber, checkOneOf, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { fillOption } from './options.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link elasticGrid}. */
export interface ElasticGridOptions {
  /**
   * Standard deviation of the displacements, in pixels.
   * @defaultValue 25
   */
  readonly sigma?: number | undefined
  /**
   * Points of the grid along each side, or rows and columns of it; at least 2.
   * @defaultValue 3
   */
  readonly points?: number | readonly [rows: number, columns: number] | undefined
  /**
   * Order of the spline that images are sampled by: 1 is the mean of 2×2 pixels, 3 the cubic B-spline through all
   * pixels, which is sharper and slower.
   * @defaultValue 3
   */
  readonly order?: 1 | 3 | undefined
  /**
   * What stands beyond the border: one colour, the last pixels again, or the image mirrored. In masks class 0 stands for
   * the colour.
   * @defaultValue 'constant'
   */
  readonly border?: 'constant' | 'edge' | 'reflect' | undefined
  /**
   * The colour of the border `'constant'`: a byte, or one for each channel.
   * @defaultValue 0
   */
  readonly fill?: number | readonly number[] | undefined
  /**
   * Probability that an image is distorted.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Bends each image by random displacements of a coarse grid, between which a cubic spline runs.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints move along. The displacements are normal, and the grid's outer
 * points lie on the image's outer pixels. It is the deformation of U-Net as PyPI's `elasticdeform` has it, with its
 * defaults: `sigma` 25 suits images of several hundred pixels. Not Simard's distortion, which is `elasticDistortion`.
 * Ronneberger, Fischer, Brox 2015, https://arxiv.org/abs/1505.04597
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, cifar10, elasticGrid, forEachBatch } from 'millrace'
 *
 * const train = cifar10({ split: 'train' }).pipe(elasticGrid({ sigma: 2, order: 1, border: 'edge' }), batch(128))
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function elasticGrid(options: ElasticGridOptions = {}): SampleOperator {
  checkOptions('elasticGrid', options, ['sigma', 'points', 'order', 'border', 'fill', 'p'])
  const { sigma = 25, points = 3, order = 3, border = 'constant', fill = 0, p = 1 } = options
  checkNumber('elasticGrid', 'sigma', sigma, { min: 0 })
  checkOneOf('elasticGrid', 'order', order, [1, 3])
  checkOneOf('elasticGrid', 'border', border, ['constant', 'edge', 'reflect'])
  checkProbability('elasticGrid', 'p', p)
  return sampleStep({
    name: 'elasticGrid',
    options: { sigma, points: pointsOption(points), order, border, fill: fillOption('elasticGrid', fill), p }
  })
}

function pointsOption(points: number | readonly [number, number]): readonly [number, number] {
  const pair = typeof points === 'number' ? [points, points] : points
  if (!Array.isArray(pair) || pair.length !== 2) {
    const expected = 'one number, or [rows, columns]'
    throw new InvalidOptionError({ caller: 'elasticGrid', option: 'points', expected, received: points })
  }
  for (const count of pair) checkInteger('elasticGrid', 'points', count, { min: 2, max: 100 })
  return [pair[0]!, pair[1]!]
}
