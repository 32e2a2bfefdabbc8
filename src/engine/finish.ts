/** The batch as a whole: rows that failed are closed up, then the batch steps run. */
import type { Moments } from '../batch.js'
import { momentsOf, normalizationOf, normalizeFloats } from '../kernels/batchNormalization.js'
import { now } from './platform.js'
import { type BatchProgram, drawBatchStep } from './program.js'
import { slotViews } from './slot.js'
import type { BatchSpec, SlotRef } from './task.js'

/** What came of finishing a batch. */
export interface Finished {
  /** Milliseconds. */
  readonly mix: number
  readonly moments: Moments | undefined
}

/** Runs the batch steps over the first `n` rows, then normalises by the batch's own statistics. */
export function finishBatch(program: BatchProgram, slot: SlotRef, batch: BatchSpec, n: number): Finished {
  if (program.steps.length === 0 && batch.own === undefined) return NOTHING_TO_DO
  const start = now()
  const { height, width, channels, labelWidth } = slot.shape
  const views = slotViews(slot.buffer, slot.shape)
  const shape = [n, height, width, channels] as const
  const images = views.images.subarray(0, n * height * width * channels)
  const labels = views.labels.subarray(0, n * labelWidth)
  const masks = views.masks?.subarray(0, n * height * width)
  program.facts.epoch = batch.epoch
  program.facts.label = batch.label
  for (const ready of program.steps) {
    const params = drawBatchStep(ready, program.facts, shape, batch)
    if (params !== undefined) ready.step.apply({ images, shape, labels, labelWidth, masks }, params)
  }
  let moments: Moments | undefined
  if (batch.own !== undefined) {
    moments = momentsOf(images, channels)
    if (images instanceof Float32Array) normalizeFloats(images, normalizationOf(moments, batch.own.epsilon))
  }
  return { mix: now() - start, moments }
}

const NOTHING_TO_DO: Finished = { mix: 0, moments: undefined }

/** Moves the rows that are there to the front, in order. */
export function closeRows(slot: SlotRef, rows: readonly number[]): void {
  const { height, width, channels, labelWidth } = slot.shape
  const { images, labels, masks } = slotViews(slot.buffer, slot.shape)
  const imageValues = height * width * channels
  for (const [to, from] of rows.entries()) {
    if (to === from) continue
    images.copyWithin(to * imageValues, from * imageValues, (from + 1) * imageValues)
    labels.copyWithin(to * labelWidth, from * labelWidth, (from + 1) * labelWidth)
    masks?.copyWithin(to * height * width, from * height * width, (from + 1) * height * width)
  }
}
