/** Steps by their names. The registry fills in the built-in ones; `defineTransform` adds those of users. */
import type { BatchStep, SampleStep } from './step.js'

const samples = new Map<string, SampleStep>()
const batches = new Map<string, BatchStep>()
const custom = new Map<string, SampleStep>()

/** The names of all built-in sample steps. */
export function sampleStepNames(): readonly string[] {
  return [...samples.keys()]
}

/** The names of all built-in batch steps. */
export function batchStepNames(): readonly string[] {
  return [...batches.keys()]
}

/** Finds a sample step; `module` is the URL of the module that defined it with `defineTransform`. */
export function findSampleStep(name: string, module?: string | undefined): SampleStep | undefined {
  return module === undefined ? samples.get(name) : custom.get(`${module}#${name}`)
}

/** Finds a batch step. */
export function findBatchStep(name: string): BatchStep | undefined {
  return batches.get(name)
}

/** Makes a user's step known in this thread. */
export function registerTransform(module: string, step: SampleStep): void {
  custom.set(`${module}#${step.name}`, step)
}

/** Makes the built-in steps known. */
export function registerSteps(sampleSteps: readonly SampleStep[], batchSteps: readonly BatchStep[]): void {
  for (const step of sampleSteps) samples.set(step.name, step)
  for (const step of batchSteps) batches.set(step.name, step)
}
