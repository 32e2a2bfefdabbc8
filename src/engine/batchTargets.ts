/** Boxes and keypoints of a whole batch, and the rules for batches whose samples have masks, boxes or keypoints. */
import type { BatchPlan } from '../batch.js'
import { OperatorError } from '../errors.js'
import { findBatchStep } from '../kernels/registry.js'
import type { BatchBuffers } from '../kernels/step.js'
import type { Sample, Targets } from '../sample.js'
import { batchProgram, drawBatchStep } from './program.js'
import type { ProgramSpec, RowTargets } from './task.js'

const KINDS = ['mask', 'boxes', 'keypoints'] as const

/**
 * Refuses a batch in which some samples have what others lack, or whose steps cannot move what its samples have.
 *
 * @throws OperatorError
 */
export function checkTargets({ samples }: BatchPlan, { steps }: ProgramSpec): void {
  for (const kind of KINDS) {
    const has = samples[0]![kind] !== undefined
    const other = samples.find(sample => (sample[kind] !== undefined) !== has)
    if (other !== undefined) throw mixed(kind, has ? other : samples[0]!)
    if (!has) continue
    for (const { name } of steps) {
      const step = findBatchStep(name)
      const moves = kind === 'mask' ? step?.masks === true : step?.targets !== undefined
      if (step === undefined || step.labelsOnly === true || moves) continue
      const what = kind === 'mask' ? 'masks: class ids cannot be blended' : kind
      throw new OperatorError(
        name,
        `it cannot mix images that have ${what}. Leave it out, or leave these out of the samples.`
      )
    }
  }
}

function mixed(kind: string, { key }: Sample): OperatorError {
  return new OperatorError(
    'batch',
    `sample ${JSON.stringify(key)} has no \`${kind}\`, but others of its batch do. Give all of them one (boxes and keypoints may be empty lists), or none.`,
    { key }
  )
}

/**
 * Boxes and keypoints after the batch steps, which draw here what they drew in the worker.
 *
 * @param rows those that are in the batch, in order
 */
export function batchTargets(
  spec: ProgramSpec,
  first: Sample,
  shape: BatchBuffers['shape'],
  rows: readonly RowTargets[]
): readonly Targets[] {
  let targets: readonly Targets[] = rows
  if (spec.steps.length === 0) return targets
  const program = batchProgram(spec)
  program.facts.epoch = first.epoch
  program.facts.label = first.label
  for (const ready of program.steps) {
    const params = drawBatchStep(ready, program.facts, shape, first)
    if (params !== undefined) targets = ready.step.targets?.(params, shape, targets) ?? targets
  }
  return targets
}
