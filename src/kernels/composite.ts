/** Steps made of steps: what `sometimes`, `oneOf` and `compose` share. */
import { OperatorError } from '../errors.js'
import type { Rng } from '../random/rng.js'
import type { Step } from '../sample.js'
import { findBatchStep, findSampleStep } from './lookup.js'
import type { BatchBuffers, BatchStep, Geometry, Image, SampleFacts, SampleStep, Shape } from './step.js'

/** What one of the steps drew. */
export interface DrawnStep {
  readonly name: string
  readonly module?: string | undefined
  readonly params: unknown
}

/** Parameters of a composite: the steps that will do something, in order. */
export interface CompositeParams {
  readonly steps: readonly DrawnStep[]
}

/** Chooses the steps of this occasion. */
export type Choose<Options> = (rng: Rng, options: Options) => readonly Step[]

/**
 * A sample step that runs several. Each draws in a stream of its own, by its name and how often the name came before
 * in the whole list, so that adding one of another name moves no other's draws.
 */
export function compositeSampleStep<Options extends { readonly steps: readonly Step[] }>(
  name: string,
  choose: Choose<Options>,
  fixedSize?: (options: Options) => readonly [height: number, width: number] | undefined
): SampleStep<Options, CompositeParams> {
  return {
    name,

    draw(rng, options, shape, sample) {
      const steps: DrawnStep[] = []
      for (const step of choose(rng, options)) {
        const { name, module, options: own } = step
        const found = sampleStepOf(step)
        const params = found.draw(rng.child(name, occurrenceIn(options.steps, step)), own, shape, sample, [])
        if (params === undefined) continue
        steps.push(module === undefined ? { name, params } : { name, module, params })
        shape = found.outShape?.(params, shape) ?? shape
      }
      return steps.length === 0 ? undefined : { steps }
    },

    outShape: ({ steps }, shape) => steps.reduce((from, step) => after(step, from), shape),

    ...(fixedSize && { fixedSize }),

    geometry: compositeGeometry,

    apply({ data, ...shape }, { steps }, out) {
      run({ data, ...shape }, steps, out, (step, image, to) => sampleStepOf(step).apply(image, step.params, to, []))
    }
  }
}

/** Points and masks go through those of the steps that move pixels. */
const compositeGeometry: Geometry<CompositeParams> = {
  point({ steps }, shape, x, y) {
    let point: readonly [number, number] = [x, y]
    for (const step of steps) {
      point = sampleStepOf(step).geometry?.point(step.params, shape, point[0], point[1], 0) ?? point
      shape = after(step, shape)
    }
    return point
  },

  mask(mask, { steps }, out) {
    const moving = steps.filter(step => sampleStepOf(step).geometry !== undefined)
    run(mask, moving, out, (step, image, to) => sampleStepOf(step).geometry!.mask(image, step.params, to, []))
  }
}

/** Runs steps one after the other, each into memory of its own, the last one into `out`. */
function run(
  image: Image,
  steps: readonly DrawnStep[],
  out: Image,
  apply: (step: DrawnStep, image: Image, to: Image) => void
): void {
  for (const [i, step] of steps.entries()) {
    const [height, width, channels] = after(step, [image.height, image.width, image.channels])
    const data = i === steps.length - 1 ? out.data : new Uint8Array(height * width * channels)
    const to = { data, height, width, channels }
    apply(step, image, to)
    image = to
  }
  if (steps.length === 0) out.data.set(image.data)
}

function after(step: DrawnStep, shape: Shape): Shape {
  return sampleStepOf(step).outShape?.(step.params, shape) ?? shape
}

/** A batch step that runs several, in place. */
export function compositeBatchStep<Options extends { readonly steps: readonly Step[] }>(
  name: string,
  choose: Choose<Options>
): BatchStep<Options, CompositeParams> {
  return {
    name,
    masks: true,

    draw(rng, options, shape, first: SampleFacts) {
      const steps = choose(rng, options).flatMap(step => {
        const child = rng.child(step.name, occurrenceIn(options.steps, step))
        const params = batchStepOf(step).draw(child, step.options, shape, first)
        return params === undefined ? [] : [{ name: step.name, params }]
      })
      return steps.length === 0 ? undefined : { steps }
    },

    apply(batch: BatchBuffers, { steps }) {
      for (const step of steps) {
        const { apply, masks, labelsOnly } = batchStepOf(step)
        if (batch.masks !== undefined && masks !== true && labelsOnly !== true) throw cannot(step.name, 'masks')
        apply(batch, step.params)
      }
    },

    targets(params, shape, rows) {
      return params.steps.reduce((targets, step) => {
        const found = batchStepOf(step)
        if (found.labelsOnly === true) return targets
        if (found.targets === undefined) throw cannot(step.name, 'boxes or keypoints')
        return found.targets(step.params, shape, targets)
      }, rows)
    }
  }
}

function cannot(name: string, what: string): OperatorError {
  return new OperatorError(
    name,
    `it cannot mix images that have ${what}. Leave it out, or leave these out of the samples.`
  )
}

/** How often the name of a step comes before it in the list. */
function occurrenceIn(steps: readonly Step[], step: Step): number {
  let count = 0
  for (const other of steps) {
    if (other === step) return count
    if (other.name === step.name) count++
  }
  return count
}

function sampleStepOf({ name, module }: Pick<Step, 'name' | 'module'>): SampleStep {
  const step = findSampleStep(name, module)
  if (step !== undefined) return step
  throw new OperatorError(name, 'there is no step of this name in this thread.')
}

function batchStepOf({ name }: Pick<Step, 'name'>): BatchStep {
  const step = findBatchStep(name)
  if (step !== undefined) return step
  throw new OperatorError(name, 'there is no batch step of this name.')
}
