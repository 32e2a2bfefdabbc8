/** Every step by its name. A new augmentation adds one line here. */
import { centerCropStep } from './centerCrop.js'
import { cutMixStep } from './cutMix.js'
import { cutoutStep } from './cutout.js'
import { labelSmoothingStep } from './labelSmoothing.js'
import { mixUpStep } from './mixUp.js'
import { randomCropStep } from './randomCrop.js'
import { randomFlipStep } from './randomFlip.js'
import { randomResizedCropStep } from './randomResizedCrop.js'
import { resizeStep } from './resize.js'
import type { BatchStep, SampleStep } from './step.js'

const sampleSteps: readonly SampleStep[] = [
  resizeStep,
  centerCropStep,
  randomCropStep,
  randomResizedCropStep,
  randomFlipStep,
  cutoutStep
]

const batchSteps: readonly BatchStep[] = [mixUpStep, cutMixStep, labelSmoothingStep]

const samples = new Map(sampleSteps.map(step => [step.name, step]))
const batches = new Map(batchSteps.map(step => [step.name, step]))
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
