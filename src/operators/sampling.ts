/** Options of operators that sample images at places between pixels. */
import { checkNumber, checkOneOf, checkOptions, checkRange } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { fillOption } from './options.js'

/** How operators that bend, turn or shear images show places between pixels and beyond the border. */
export interface SamplingOptions {
  /**
   * The mean of 2×2 pixels, of 4×4 (Catmull–Rom), or the nearest pixel alone. Masks get the nearest always.
   * @defaultValue 'bilinear'
   */
  readonly interpolation?: 'nearest' | 'bilinear' | 'bicubic' | undefined
  /**
   * What stands beyond the border: one colour, the last pixels again, the image mirrored (its last pixels not
   * repeated), or the image again. In masks class 0 stands for the colour.
   * @defaultValue 'constant'
   */
  readonly border?: 'constant' | 'edge' | 'reflect' | 'wrap' | undefined
  /**
   * The colour of the border `'constant'`: a byte, or one for each channel.
   * @defaultValue 0
   */
  readonly fill?: number | readonly number[] | undefined
}

/** A number stands for a range that reaches as far to both sides. */
export type RangeOption = number | readonly [low: number, high: number]

/** The names of {@link SamplingOptions}. */
export const samplingNames = ['interpolation', 'border', 'fill'] as const

/** Gives the options as a step keeps them. */
export function samplingOptions(caller: string, options: SamplingOptions): Required<NoUndefined<SamplingOptions>> {
  const { interpolation = 'bilinear', border = 'constant', fill = 0 } = options
  checkOneOf(caller, 'interpolation', interpolation, ['nearest', 'bilinear', 'bicubic'])
  checkOneOf(caller, 'border', border, ['constant', 'edge', 'reflect', 'wrap'])
  return { interpolation, border, fill: fillOption(caller, fill) }
}

type NoUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** Gives `[low, high]` for a pair, or for a number that reaches as far to both sides of `around`. */
export function rangeOption(
  caller: string,
  option: string,
  value: unknown,
  { around = 0, ...bounds }: { around?: number; min?: number; max?: number } = {}
): readonly [low: number, high: number] {
  if (Array.isArray(value)) {
    checkRange(caller, option, value, bounds)
    return [value[0], value[1]]
  }
  const { min = -Infinity, max = Infinity } = bounds
  const hint = 'Give one number, which reaches as far to both sides, or a pair [low, high].'
  checkNumber(caller, option, value, { min: 0, max: Math.min(around - min, max - around), hint })
  return [around - value, around + value]
}

/** A range for each axis. */
export interface AxesOption {
  /** @defaultValue 0 */
  readonly x?: RangeOption | undefined
  /** @defaultValue 0 */
  readonly y?: RangeOption | undefined
}

/** Gives a range for each axis, from `{ x, y }`, or from one that stands for both or for the x axis alone. */
export function axesOption(
  caller: string,
  option: string,
  value: RangeOption | AxesOption,
  shared: 'both' | 'x',
  bounds: { min?: number; max?: number }
): { readonly x: readonly [low: number, high: number]; readonly y: readonly [low: number, high: number] } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    checkOptions(`${caller}: \`${option}\``, value, ['x', 'y'])
    const { x = 0, y = 0 } = value as AxesOption
    return {
      x: rangeOption(caller, `${option}.x`, x, bounds),
      y: rangeOption(caller, `${option}.y`, y, bounds)
    }
  }
  const range = rangeOption(caller, option, value, bounds)
  return { x: range, y: shared === 'both' ? range : [0, 0] }
}

/** Gives the point that the option `center` names; the image's middle where it is left out. */
export function centerOption(caller: string, center: unknown): 'middle' | readonly [x: number, y: number] {
  if (center === undefined) return 'middle'
  if (!Array.isArray(center) || center.length !== 2) {
    const expected = 'a point [x, y], in pixels from the top left corner'
    throw new InvalidOptionError({ caller, option: 'center', expected, received: center })
  }
  const [x, y] = center as unknown[]
  checkNumber(caller, 'center[0]', x)
  checkNumber(caller, 'center[1]', y)
  return [x, y]
}
