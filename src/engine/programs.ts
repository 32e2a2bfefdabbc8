/** What is known of a step list before anything runs: computed once for each list and source, not for each sample. */
import { findSampleStep } from '../kernels/registry.js'
import type { Shape } from '../kernels/step.js'
import type { ImageRef, SourceInfo, Step } from '../sample.js'
import { pairMemo } from './pairMemo.js'
import type { ProgramSpec } from './task.js'

/** A step list of a source, as the main thread knows it. */
export interface PlannedList {
  readonly spec: ProgramSpec
  /** Place of the first `cache` in the list; −1 where there is none. */
  readonly cacheAt: number
  /** Places of the steps that need partners. */
  readonly partnerSteps: readonly number[]
  /** Shape of every result, where source and options fix it. */
  readonly shape: Shape | undefined
}

/** Channels of an image that a codec decoded. */
const DECODED_CHANNELS = 3

let lastId = 0

/** Looks a list up; a pipeline has a handful of them, which all its samples share. */
export const plannedList: (steps: readonly Step[], info: SourceInfo) => PlannedList = pairMemo(plan)

/** Shape of the result for this image, where it is fixed before the image is read. */
export function plannedShape(list: PlannedList, image: ImageRef): Shape | undefined {
  if (list.shape !== undefined || image.kind !== 'pixels') return list.shape
  const applied = image.applied ?? 0
  return shapeAfter(list.spec.steps.slice(applied), [image.height, image.width, image.channels], image.channels)
}

/** The first steps of a list; the same list for the same number. */
export function firstSteps(steps: readonly Step[], count: number): readonly Step[] {
  let ofSteps = prefixes.get(steps)
  if (ofSteps === undefined) {
    ofSteps = []
    prefixes.set(steps, ofSteps)
  }
  ofSteps[count] ??= Object.freeze(steps.slice(0, count))
  return ofSteps[count]
}

const prefixes = new WeakMap<readonly Step[], (readonly Step[])[]>()

function plan(steps: readonly Step[], info: SourceInfo): PlannedList {
  const { seed, fingerprint: source, mean, std, classes, shape } = info
  return {
    spec: { id: ++lastId, seed, source, steps, mean, std, classes },
    cacheAt: steps.findIndex(step => step.name === 'cache'),
    partnerSteps: steps.flatMap(({ name, module }, i) => (findSampleStep(name, module)?.partners ? [i] : [])),
    shape: steps.some(step => step.name === 'mapPixels')
      ? undefined
      : shapeAfter(steps, shape, shape?.[2] ?? DECODED_CHANNELS)
  }
}

function shapeAfter(steps: readonly Step[], start: Shape | undefined, channels: number): Shape | undefined {
  let shape = start
  for (const { name, module, options } of steps) {
    const step = findSampleStep(name, module)
    const fixed = step?.fixedSize?.(options)
    channels = step?.outChannels?.(options, channels) ?? channels
    if (fixed !== undefined) shape = [fixed[0], fixed[1], channels]
    else if (step === undefined ? name !== 'cache' : step.outShape !== undefined) shape = undefined
  }
  return shape
}
