/** Cursors: made from a plan, and checked against the pipeline that goes on from one. */

import type { BatchPlan, Moments } from '../batch.js'
import { currentCodec } from '../codecs/current.js'
import type { Cursor } from '../cursor.js'
import { CursorError } from '../errors.js'
import { cursorFacts, sourceOf } from '../handle.js'
import { rngKey } from '../random/rng.js'
import type { Step } from '../sample.js'
import { pairMemo } from './pairMemo.js'

/** Where the run stands after this batch. */
export function cursorOf(plan: BatchPlan, moving?: Moments): Cursor {
  const { next } = plan
  if ('unknown' in next) throw new CursorError(`This batch has no cursor: ${next.unknown}`)
  const facts = cursorFacts(plan.info)
  if (facts === undefined)
    throw new CursorError('This batch has no cursor: its samples come from no source of Millrace.')
  return {
    version: 1,
    ...facts,
    epoch: next.epoch,
    position: next.position,
    batch: next.batch,
    gaps: next.gaps,
    steps: stepsFingerprint(next.steps ?? plan.samples[0]!.steps, plan.steps),
    codec: codecId(),
    ...(moving && { moving })
  }
}

/**
 * Refuses a plan whose steps are not those that its source's cursor was made with.
 *
 * @returns a warning, where the codec is another one
 */
export function checkResumed(plan: BatchPlan): string | undefined {
  const cursor = sourceOf(plan.info)?.resume
  if (cursor === undefined) return undefined
  if (cursor.steps !== stepsFingerprint(plan.samples[0]!.steps, plan.steps)) {
    const steps = [...plan.samples[0]!.steps, ...plan.steps].map(step => step.name).join(', ')
    throw new CursorError(
      `The cursor was made by a pipeline with other steps or options than this one (${steps || 'none'}). ` +
        'Resume with the same operators, or start without `resume`.'
    )
  }
  const id = codecId()
  if (cursor.codec === id) return undefined
  return `The cursor was made with ${cursor.codec}, and this run decodes with ${id}: pixels may differ by a little.`
}

/** What decodes the images of this process, with its version. */
export function codecId(): string {
  return currentCodec().id
}

/** All batches of a pipeline share their lists, so each pair is hashed once. */
const stepsFingerprint = pairMemo(hash)

function hash(steps: readonly Step[], batchSteps: readonly Step[]): string {
  const content = [steps, batchSteps].map(list => list.map(({ name, options }) => [name, options]))
  return Array.from(rngKey(0, JSON.stringify(content), 'steps', 0), word =>
    (word >>> 0).toString(16).padStart(8, '0')
  ).join('')
}
