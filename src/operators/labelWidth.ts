/** Labels of a batch: they must fit the classes, and each other. */
import { OperatorError } from '../errors.js'
import type { Sample } from '../sample.js'

/**
 * How wide the row of a sample's label is.
 *
 * @param previous the sample before, whose labels are `width` wide
 * @throws OperatorError where the label does not fit
 */
export function labelWidth(sample: Sample, previous: Sample | undefined, width: number): number {
  const { label, info, key } = sample
  if (previous !== undefined && previous.info !== info) checkSameClasses(sample, previous)
  const { classes } = info
  if (typeof label === 'number') {
    if (classes === undefined) {
      throw new OperatorError(
        'batch',
        `sample ${JSON.stringify(key)} has the class ${label}, but ${info.name} does not say how many classes there are. ` +
          'Give the option `classes` to the source: a count, or a list of names.',
        { key }
      )
    }
    if (Number.isInteger(label) && label >= 0 && label < classes) return classes
    throw new OperatorError(
      'batch',
      `sample ${JSON.stringify(key)} has the label ${label}, which is none of the ${classes} classes (0 to ${classes - 1}). ` +
        'Correct the label, or the option `classes` of the source.',
      { key }
    )
  }
  const expected = classes ?? (previous === undefined ? label.length : width)
  if (label.length === expected && expected > 0) return expected
  const why = classes === undefined ? 'the samples before it have' : `there are ${classes} classes, so it should have`
  throw new OperatorError(
    'batch',
    `sample ${JSON.stringify(key)} has a label of ${label.length} numbers, but ${why} ${expected}. Give all labels the same length.`,
    { key }
  )
}

function checkSameClasses(sample: Sample, previous: Sample): void {
  const names = (s: Sample): string => s.info.classNames?.join(', ') ?? `${s.info.classes ?? 'unknown'} classes`
  if (sample.info.classes === previous.info.classes && names(sample) === names(previous)) return
  throw new OperatorError(
    'batch',
    `samples of ${previous.info.name} (${names(previous)}) and of ${sample.info.name} (${names(sample)}) meet, whose classes differ. ` +
      'Give both sources the same option `classes`.',
    { key: sample.key }
  )
}
