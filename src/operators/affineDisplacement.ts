import { checkNumber, checkOptions, checkProbability } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import type { Affine } from '../kernels/affine.js'
import {
  type AxesOption,
  axesOption,
  centerOption,
  type RangeOption,
  rangeOption,
  type SamplingOptions,
  samplingNames,
  samplingOptions
} from './sampling.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** Options of {@link affineDisplacement}. Each range is `[low, high]`, or one number that reaches as far to both sides. */
export interface AffineDisplacementOptions extends SamplingOptions {
  /**
   * Range of the angle in degrees, counter-clockwise, within [-360, 360].
   * @defaultValue 0
   */
  readonly rotate?: RangeOption | undefined
  /**
   * Range of the way to the right and down, as a share of the image's width and height, within [-1, 1]; `{ x, y }` for
   * a range each. Fractions of a pixel stay.
   * @defaultValue 0
   */
  readonly translate?: RangeOption | AxesOption | undefined
  /**
   * Range of the factor of enlargement, within [0.001, 1000]; one number reaches to both sides of 1.
   * @defaultValue [1, 1]
   */
  readonly scale?: RangeOption | undefined
  /**
   * Range of the angle of shear in degrees, within [-89, 89]: of the rows, or `{ x, y }` for rows and columns.
   * @defaultValue 0
   */
  readonly shear?: RangeOption | AxesOption | undefined
  /**
   * Instead of all these, one map for all images, [[a, b, c], [d, e, f]]: the pixel at x, y of the result shows the
   * place ax + by + c, dx + ey + f of the image. Both in pixels from the top left corner, so that the first pixel is at
   * 0.5, 0.5.
   */
  readonly matrix?: readonly [readonly [number, number, number], readonly [number, number, number]] | undefined
  /**
   * The point `[x, y]` about which is rotated, scaled and sheared, in pixels from the top left corner; the image's
   * middle unless given.
   */
  readonly center?: readonly [x: number, y: number] | undefined
  /**
   * Probability that an image is changed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Moves each pixel by an affine function of its place: rotation, translation, scaling and shear, each by a random amount.
 *
 * Sample → sample. Labels stay; masks, boxes and keypoints move along. All ranges are uniform. Rotation, scaling and
 * shear leave the middle where it is. Without options nothing moves.
 * Simard, Steinkraus, Platt 2003, "Best practices for convolutional neural networks applied to visual document
 * analysis"; the order of the motions and the units are those of torchvision's `RandomAffine`, which counts the angle
 * clockwise and rounds translations to pixels.
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { affineDisplacement, batch, forEachBatch, mnist } from 'millrace'
 *
 * const train = mnist({ split: 'train', seed: 1, shuffle: true }).pipe(
 *   affineDisplacement({ rotate: 15, translate: 0.1, scale: [0.85, 1.15], shear: { x: 10, y: 10 } }),
 *   batch(128)
 * )
 * await forEachBatch(train, ({ shape }) => console.log(shape))
 * ```
 */
export function affineDisplacement(options: AffineDisplacementOptions = {}): SampleOperator {
  const name = 'affineDisplacement'
  checkOptions(name, options, [...motions, 'matrix', 'p', ...samplingNames])
  const { rotate = 0, translate = 0, scale = [1, 1], shear = 0, matrix, center, p = 1 } = options
  checkProbability(name, 'p', p)
  return sampleStep({
    name,
    options: {
      rotate: rangeOption(name, 'rotate', rotate, { min: -360, max: 360 }),
      translate: axesOption(name, 'translate', translate, 'both', { min: -1, max: 1 }),
      scale: rangeOption(name, 'scale', scale, { around: 1, min: 1e-3, max: 1e3 }),
      shear: axesOption(name, 'shear', shear, 'x', { min: -89, max: 89 }),
      ...(matrix === undefined ? {} : { matrix: matrixOption(matrix, options) }),
      center: centerOption(name, center),
      p,
      ...samplingOptions(name, options)
    }
  })
}

/** Options that a given matrix takes the place of. */
const motions = ['rotate', 'translate', 'scale', 'shear', 'center'] as const

function matrixOption(matrix: unknown, options: AffineDisplacementOptions): Affine {
  const caller = 'affineDisplacement'
  const other = motions.find(name => options[name] !== undefined)
  if (other !== undefined) {
    const expected = 'absent where `matrix` is given, which stands for the whole motion'
    throw new InvalidOptionError({ caller, option: other, expected, received: options[other] })
  }
  const rows: readonly unknown[] = Array.isArray(matrix) ? matrix : []
  if (rows.length !== 2 || !rows.every(row => Array.isArray(row) && row.length === 3)) {
    const expected = 'two rows of three numbers, [[a, b, c], [d, e, f]]'
    throw new InvalidOptionError({ caller, option: 'matrix', expected, received: matrix })
  }
  const numbers = rows.flat()
  numbers.forEach((value, i) => {
    checkNumber(caller, `matrix[${Math.floor(i / 3)}][${i % 3}]`, value)
  })
  const [a, b, c, d, e, f] = numbers as unknown as Affine
  const det = a * e - b * d
  if (det !== 0 && Number.isFinite(1 / det)) return [a, b, c, d, e, f]
  const expected = 'a map that can be reversed, with a·e − b·d other than 0'
  throw new InvalidOptionError({ caller, option: 'matrix', expected, received: matrix })
}
