/** What operators made of operators are given. */
import { InvalidOptionError } from '../errors.js'
import { findSampleStep } from '../kernels/registry.js'
import type { Step } from '../sample.js'
import type { BatchOperator, SampleOperator } from './steps.js'

/** The steps of operators; refuses whatever is none, or needs the whole data set. */
export function stepsOf(caller: string, operators: readonly unknown[], level: 'sample' | 'batch'): readonly Step[] {
  if (operators.length === 0) {
    throw new InvalidOptionError({
      caller,
      option: 'operators',
      expected: 'at least one operator',
      received: operators
    })
  }
  return Object.freeze(operators.map((operator, i) => stepOf(caller, operator, i, level)))
}

const EXAMPLES = { sample: 'randomFlip()', batch: 'mixUp()' }

function stepOf(caller: string, operator: unknown, i: number, level: 'sample' | 'batch'): Step {
  const { step, level: own } = (operator ?? {}) as Partial<SampleOperator | BatchOperator>
  const refuse = (expected: string, hint: string): InvalidOptionError =>
    new InvalidOptionError({ caller, option: `operators[${i}]`, expected, received: step?.name ?? operator, hint })
  if (step === undefined || own === undefined) {
    throw refuse(
      `an operator that is one step, such as ${EXAMPLES[level]}`,
      'Operators of RxJS, batch, cache, mapPixels and normalize stand in the pipeline themselves.'
    )
  }
  if (own !== level) {
    throw refuse(
      `an operator for ${level === 'sample' ? 'images' : 'batches'}, as the others are`,
      'All must be of one level.'
    )
  }
  const partners = level === 'sample' && findSampleStep(step.name, step.module)?.partners !== undefined
  if (!partners && step.name !== 'batchNormalization') return step
  throw refuse('an operator that can be one of several', `Put ${step.name} into the pipeline itself.`)
}
