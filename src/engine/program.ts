/** A step list, made ready to run in this thread. */
import type { Wanted } from '../codecs/codec.js'
import { OperatorError } from '../errors.js'
import { findBatchStep, findSampleStep } from '../kernels/registry.js'
import type { BatchStep, Part, SampleFacts, SampleStep, Shape } from '../kernels/step.js'
import { Rng, type RngKey, rngKey } from '../random/rng.js'
import type { Step } from '../sample.js'
import { occurrence } from './occurrence.js'
import { nodeVersion } from './platform.js'
import type { ProgramSpec } from './task.js'

/** One step of a sample's list with its random key; `drawn` and `shape` are what it drew last. */
export interface ReadyStep {
  readonly step: SampleStep
  readonly options: object
  readonly key: RngKey
  drawn: unknown
  shape: Shape
}

/** The facts that a draw may know; one object a program, filled anew for each sample. */
export type MutableFacts = { -readonly [K in keyof SampleFacts]: SampleFacts[K] }

export interface SampleProgram {
  readonly steps: readonly ReadyStep[]
  readonly facts: MutableFacts
  /** Whether images are decoded in full whatever the steps need, because their pixels are kept. */
  readonly whole: boolean
}

export interface BatchProgram {
  readonly steps: readonly { readonly step: BatchStep; readonly options: object; readonly key: RngKey }[]
  readonly facts: MutableFacts
}

/** Steps that only mark a place in the list: nothing is drawn and no pixel changes. */
const markers = new Set(['cache', 'mapPixels'])

const rng = new Rng()
const NO_SHAPES: readonly never[] = Object.freeze([])

/** Finds every step of a sample's list; imports the modules of custom ones. */
export async function sampleProgram(spec: ProgramSpec): Promise<SampleProgram> {
  for (const { name, module } of withParts(spec.steps)) {
    if (module !== undefined && findSampleStep(name, module) === undefined) await importTransform(name, module)
  }
  return readySampleProgram(spec)
}

/** The steps, and those that they are made of. */
function* withParts(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step
    const { steps: parts } = step.options as { readonly steps?: unknown }
    if (Array.isArray(parts)) yield* withParts(parts as Step[])
  }
}

/** The same without imports, for threads that know the custom steps already. */
export function readySampleProgram(spec: ProgramSpec): SampleProgram {
  const steps = spec.steps.map((step, i) => ({
    step: markers.has(step.name) ? marker(step.name) : known(step, findSampleStep(step.name, step.module)),
    options: step.options,
    key: rngKey(spec.seed, spec.source, step.name, occurrence(spec.steps, i)),
    drawn: undefined,
    shape: [0, 0, 0] as Shape
  }))
  return { steps, facts: facts(spec), whole: spec.steps.some(({ name }) => markers.has(name)) }
}

/** Finds every step of a batch's list. */
export function batchProgram(spec: ProgramSpec): BatchProgram {
  const steps = spec.steps.map((step, i) => ({
    step: known(step, findBatchStep(step.name)),
    options: step.options,
    key: rngKey(spec.seed, spec.source, `batch ${step.name}`, occurrence(spec.steps, i))
  }))
  return { steps, facts: facts(spec) }
}

/** Draws every step from `applied` on, for an image of this shape; gives the last shape. */
export function drawSteps(
  program: SampleProgram,
  shape: Shape,
  place: { readonly epoch: number; readonly position: number; readonly role: number; readonly applied: number },
  partners: readonly (readonly Shape[] | undefined)[] = NO_SHAPES
): Shape {
  const { steps, facts } = program
  for (let i = place.applied; i < steps.length; i++) {
    const ready = steps[i]!
    const { step } = ready
    rng.reset(ready.key, place.epoch, place.position, place.role)
    ready.drawn = step.draw(rng, ready.options, shape, facts, partners[i] ?? NO_SHAPES)
    if (ready.drawn !== undefined && step.outShape !== undefined) shape = step.outShape(ready.drawn, shape)
    ready.shape = shape
  }
  return shape
}

/** The part of an image of this shape that its first step takes, if that step scales a part of it. */
export function wantedOf({ steps }: SampleProgram, shape: Shape): Wanted | undefined {
  const first = steps.find(({ drawn }) => drawn !== undefined)
  const region = first?.step.crop?.region(first.drawn, first.options, shape)
  return region && { region, height: first!.shape[0], width: first!.shape[1] }
}

/** Tells the first step where in a decoded image its part lies. */
export function moveCrop({ steps }: SampleProgram, region: Part): void {
  const first = steps.find(({ drawn }) => drawn !== undefined)!
  first.drawn = first.step.crop!.move(first.drawn, region)
}

/** Draws one batch step. */
export function drawBatchStep(
  ready: BatchProgram['steps'][number],
  facts: SampleFacts,
  shape: readonly [number, number, number, number],
  place: { readonly epoch: number; readonly position: number }
): unknown {
  return ready.step.draw(rng.reset(ready.key, place.epoch, place.position), ready.options, shape, facts)
}

function facts({ mean, std, classes }: ProgramSpec): MutableFacts {
  return { epoch: 0, label: 0, mean, std, classes }
}

function marker(name: string): SampleStep {
  return { name, inPlace: true, draw: () => undefined, apply: () => {} }
}

function known<T>(step: Step, found: T | undefined): T {
  if (found !== undefined) return found
  throw new OperatorError(step.name, `there is no step of this name. Make steps of your own with defineTransform.`)
}

async function importTransform(name: string, module: string): Promise<void> {
  try {
    await import(module)
  } catch (cause) {
    const code = (cause as { code?: unknown } | undefined)?.code
    const hint =
      code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(module)
        ? `Node ${nodeVersion()} cannot load TypeScript in a worker: compile it to JavaScript, or use Node 22.18 or later`
        : 'A transform needs a module of its own that can be imported without side effects'
    throw new OperatorError(name, `its module ${module} could not be imported in a worker. ${hint}.`, { cause })
  }
  if (findSampleStep(name, module) !== undefined) return
  throw new OperatorError(
    name,
    `${module} was imported, but defines no transform of this name with defineTransform(import.meta.url, …).`
  )
}
