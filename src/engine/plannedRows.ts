/** A batch before it is sent to the workers: its rows, its steps, and what can be said of its size. */
import type { BatchPlan, Moments, Normalization } from '../batch.js'
import { OperatorError } from '../errors.js'
import { normalizationOf } from '../kernels/batchNormalization.js'
import type { Shape } from '../kernels/step.js'
import type { Sample, Step } from '../sample.js'
import { admit, cached } from './cacheStore.js'
import { sizesError } from './faults.js'
import { planPartners } from './partners.js'
import { plannedList, plannedShape } from './programs.js'
import { hasTargets, NO_PARTNERS, type RowPlan } from './table.js'
import type { BatchSpec, MadePixels, OwnNormalization, ProgramSpec, RowFault } from './task.js'

/** The batch steps of a plan with its normalisation taken out, which is done last or by the sink. */
export interface BatchSteps {
  readonly program: ProgramSpec
  /** Known before the batch is made. */
  readonly normalization: Normalization | undefined
  /** By the batch's own statistics. */
  readonly own: OwnNormalization | undefined
}

/** Takes a plan's steps apart. */
export function batchSteps({ steps, info }: BatchPlan): BatchSteps {
  const found = steps.filter(isNormalization)
  if (found.length > 1) throw new OperatorError(found[1]!.name, 'a batch can be normalised once, not twice.')
  let others = withoutNormalization.get(steps)
  if (others === undefined) {
    others = found.length === 0 ? steps : steps.filter(step => !isNormalization(step))
    withoutNormalization.set(steps, others)
  }
  const { spec: program } = plannedList(others, info)
  const [step] = found
  if (step === undefined) return { program, normalization: undefined, own: undefined }
  if (step.name === 'normalize') return { program, normalization: step.options as Normalization, own: undefined }
  const { epsilon, momentum, frozen } = step.options as OwnNormalization & { readonly frozen: Moments | undefined }
  if (frozen !== undefined) return { program, normalization: normalizationOf(frozen, epsilon), own: undefined }
  return { program, normalization: undefined, own: { epsilon, momentum } }
}

/** Steps that are no program's, but done last or by the sink. */
export function isNormalization({ name }: Step): boolean {
  return name === 'normalize' || name === 'batchNormalization'
}

/** One list for all batches with the same steps, so that it crosses to a worker once. */
const withoutNormalization = new WeakMap<readonly Step[], readonly Step[]>()

/** The shape that the plan fixes for the first row, and so for all of them. */
export function shapeOf(rows: readonly RowPlan[]): Shape | undefined {
  const { sample } = rows[0]!
  return plannedShape(plannedList(sample.steps, sample.info), sample.image)
}

/** What the workers are told of a batch as a whole; it draws with the place of its first sample. */
export function batchSpec(
  { epoch, position, label }: Sample,
  program: ProgramSpec,
  { normalization, own }: Pick<BatchSpec, 'normalization' | 'own'>
): BatchSpec {
  return { program: program.id, normalization, own, epoch, position, label }
}

/** Samples as the rows of a batch. Only partners have to be waited for. */
export function rowPlans(samples: readonly Sample[]): readonly RowPlan[] | Promise<readonly RowPlan[]> {
  const plans = samples.map((sample, row) => rowPlan(sample, row, roleOf(sample)))
  return plans.some(plan => plan instanceof Promise) ? Promise.all(plans) : (plans as RowPlan[])
}

/**
 * A sample as a row; where its pixels are in the cache, from there.
 *
 * @param place the sample's place in its source's subset, where its position does not tell
 */
export function rowPlan(planned: Sample, row: number, role: number, place?: number): RowPlan | Promise<RowPlan> {
  const { spec, cacheAt, partnerSteps } = plannedList(planned.steps, planned.info)
  if (cacheAt >= 0 && hasTargets(planned)) throw targetsError('cache', planned.key)
  const { sample, keep } = cacheAt < 0 ? { sample: planned, keep: -1 } : cached(planned, cacheAt)
  const plan = { sample, row, program: spec, role, keep, partners: NO_PARTNERS }
  if (partnerSteps.length === 0) return plan
  return planPartners(planned, row, role, place).then(partners => ({ ...plan, partners }))
}

/** Partners have roles from 1 up, substitutes from 2047 down. */
const FIRST_REPETITION = 1023

/** The role of a sample: 0, or one for each repetition of it. */
export function roleOf({ repetition = 0 }: Sample): number {
  return repetition === 0 ? 0 : FIRST_REPETITION + repetition
}

/** Only pixels go through `cache` and `mapPixels`. */
export function targetsError(name: string, key: string): OperatorError {
  return new OperatorError(
    name,
    `masks, boxes and keypoints cannot go through it, and sample ${JSON.stringify(key)} has some. Leave it out, or use defineTransform.`,
    { key }
  )
}

/** Offers what came back to the cache. */
export function keepPixels(rows: readonly RowPlan[], pixels: readonly MadePixels[]): void {
  for (const image of pixels) {
    const { sample, keep } = rows[image.row]!
    admit(sample, keep, image)
  }
}

/** The one shape that all images have which could be made, if it is not the slot's; else the error that names the sizes. */
export function commonShape(rows: readonly RowPlan[], faults: readonly RowFault[], slot: Shape | undefined): Shape {
  const misfits = faults.filter(fault => fault.shape !== undefined)
  const shape = misfits[0]!.shape!
  const same = misfits.every(misfit => misfit.shape!.join() === shape.join())
  if (same && faults.length === rows.length) return shape
  const bad = new Set(faults.map(fault => fault.row))
  const fits =
    slot === undefined ? [] : rows.filter(row => !bad.has(row.row)).map(row => ({ sample: row.sample, shape: slot }))
  throw sizesError([...fits, ...misfits.map(misfit => ({ sample: rows[misfit.row]!.sample, shape: misfit.shape! }))])
}
