/** Checks of options that several operators share. */
import { checkInteger, checkNumber } from '../check.js'
import { InvalidOptionError } from '../errors.js'

/** Gives `[height, width]` for a pair, or for one number that stands for both. */
export function sizeOption(caller: string, size: unknown): readonly [height: number, width: number] {
  if (!Array.isArray(size)) {
    checkInteger(caller, 'size', size, { min: 1, hint: 'Give one number, or [height, width].' })
    return [size, size]
  }
  if (size.length !== 2) {
    throw new InvalidOptionError({ caller, option: 'size', expected: 'one number, or [height, width]', received: size })
  }
  const [height, width] = size as unknown[]
  checkInteger(caller, 'size[0]', height, { min: 1 })
  checkInteger(caller, 'size[1]', width, { min: 1 })
  return [height, width]
}

/** Gives a byte, or a copy of a list of bytes, one a channel. */
export function fillOption(caller: string, fill: unknown, alternatives = ''): number | readonly number[] {
  const hint = `Give a byte, or an array with one byte for each channel${alternatives}.`
  if (!Array.isArray(fill)) {
    checkInteger(caller, 'fill', fill, { max: 255, hint })
    return fill
  }
  if (fill.length === 0) {
    throw new InvalidOptionError({ caller, option: 'fill', expected: 'one byte for each channel', received: fill })
  }
  return fill.map((byte: unknown, i) => {
    checkInteger(caller, `fill[${i}]`, byte, { max: 255 })
    return byte
  })
}

/** Gives a copy of a list of numbers, one a channel. */
export function channelsOption(
  caller: string,
  option: string,
  values: unknown,
  range: { min?: number; max?: number }
): readonly number[] {
  if (!Array.isArray(values) || values.length === 0) {
    const expected = 'an array with one number for each channel, or one for all'
    throw new InvalidOptionError({ caller, option, expected, received: values })
  }
  return values.map((value: unknown, i) => {
    checkNumber(caller, `${option}[${i}]`, value, range)
    return value
  })
}
