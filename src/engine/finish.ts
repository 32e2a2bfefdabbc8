/** The batch as a whole: rows that failed are closed up, then the batch steps run. */
import type { Moments, Normalization } from '../batch.js'
import { momentsOf, normalizationOf, normalizeFloats } from '../kernels/batchNormalization.js'
import { normalizeInto, PERIOD, type Scaling, scalingOf } from '../kernels/normalize.js'
import type { BatchBuffers } from '../kernels/step.js'
import { type BatchProgram, drawBatchStep } from './program.js'
import { slotViews } from './slot.js'
import { slotKernels } from './slotKernels.js'
import type { BatchSpec, SlotRef } from './task.js'
import type { Times } from './times.js'

/**
 * Runs the batch steps over the first `n` rows, then makes floats of them where the batch is to have such.
 *
 * @returns the batch's own statistics, where it is to be normalised by them
 */
export function finishBatch(
  program: BatchProgram,
  slot: SlotRef,
  spec: BatchSpec,
  n: number,
  times: Times
): Moments | undefined {
  const { steps, facts } = program
  if (steps.length === 0 && spec.own === undefined && !slot.shape.float) return undefined
  times.begin()
  const batch = openBatch(slot, spec, n)
  facts.epoch = spec.epoch
  facts.label = spec.label
  for (const ready of steps) {
    const params = drawBatchStep(ready, facts, batch.shape, spec)
    if (params !== undefined) ready.step.apply(batch, params)
    times.lap(ready.step.name)
  }
  const moments = spec.own === undefined ? undefined : momentsOf(batch.images, slot.shape.channels)
  const own = moments && normalizationOf(moments, spec.own!.epsilon)
  const { images, floats, wasm } = batch
  if (images instanceof Uint8Array) {
    if (floats !== undefined) normalizeInto(images, floats.images, own ? placed(own, slot) : floats.scaling, wasm)
  } else if (own !== undefined) {
    normalizeFloats(images, own)
  }
  times.lap('normalize')
  return moments
}

/** The batch as its steps see it. */
function openBatch(slot: SlotRef, { normalization }: BatchSpec, n: number): BatchBuffers {
  const { height, width, channels, labelWidth, float } = slot.shape
  const views = slotViews(slot.memory, slot.shape)
  const values = n * height * width * channels
  return {
    images: views.bytes.subarray(0, values),
    shape: [n, height, width, channels],
    labels: views.labels.subarray(0, n * labelWidth),
    labelWidth,
    masks: views.masks?.subarray(0, n * height * width),
    spare: views.spare,
    floats: float
      ? { images: views.images.subarray(0, values) as Float32Array, scaling: placed(normalization, slot) }
      : undefined,
    wasm: slotKernels(slot.memory)
  }
}

/** A scaling within the slot, where its kernels reach it. */
function placed(normalization: Normalization | undefined, slot: SlotRef): Scaling {
  const scaling = scalingOf(normalization, slot.shape.channels)
  const { scale, offset } = scaling
  if (scale.length !== PERIOD) return scaling
  const { scaling: place } = slotViews(slot.memory, slot.shape)
  place.set(scale)
  place.set(offset, PERIOD)
  return { ...scaling, scale: place.subarray(0, PERIOD), offset: place.subarray(PERIOD) }
}

/** Moves the rows that are there to the front, in order. */
export function closeRows(slot: SlotRef, rows: readonly number[]): void {
  const { height, width, channels, labelWidth } = slot.shape
  const { bytes, labels, masks } = slotViews(slot.memory, slot.shape)
  const size = height * width * channels
  for (const [to, from] of rows.entries()) {
    if (to === from) continue
    bytes.copyWithin(to * size, from * size, (from + 1) * size)
    labels.copyWithin(to * labelWidth, from * labelWidth, (from + 1) * labelWidth)
    masks?.copyWithin(to * height * width, from * height * width, (from + 1) * height * width)
  }
}
