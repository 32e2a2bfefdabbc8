/** Replays the draws of a sample or a batch without decoding: what was, or will be, done to each image. */
import type { Batch, BatchPlan } from '../batch.js'
import { checkOptions } from '../check.js'
import { imageSize } from '../codecs/sharp.js'
import { InvalidOptionError } from '../errors.js'
import type { Shape } from '../kernels/step.js'
import type { Sample } from '../sample.js'
import { fetchedImage } from './encoded.js'
import { planPartners } from './partners.js'
import { isNormalization, roleOf } from './plannedRows.js'
import { batchProgram, drawBatchStep, drawSteps, type SampleProgram, sampleProgram } from './program.js'
import { firstSteps, plannedList } from './programs.js'
import { SlotBatch } from './slotBatch.js'
import type { PartnerPlan } from './table.js'

/** What one step did, or will do. */
export interface StepDescription {
  readonly name: string
  readonly options: object
  /** What was drawn; undefined where the step leaves the image as it is. */
  readonly params: unknown
  /** Shape after the step; of a batch, with the number of images in front. */
  readonly shape: readonly number[]
  /** Keys of the other samples that the step needs. */
  readonly partners?: readonly string[]
}

/** A sample with every draw. */
export interface SampleDescription {
  readonly key: string
  readonly index: number
  readonly epoch: number
  readonly position: number
  readonly label: number | Float32Array
  /** Height, width and channels of the upright image that the source gives. */
  readonly shape: Shape
  readonly steps: readonly StepDescription[]
  /** Why the description ends before the list of steps does. */
  readonly stopped: string | undefined
}

/** A batch with every draw. */
export interface BatchDescription {
  readonly epoch: number
  readonly index: number
  readonly samples: readonly SampleDescription[]
  readonly steps: readonly StepDescription[]
  readonly stopped: string | undefined
}

/**
 * Tells the parameters of every step of a sample or a batch, for logs and tests. Reads headers only.
 *
 * It stops, saying so, at `mapPixels`: what a closure makes of the pixels cannot be known. Under `onFault: 'skip'` or
 * `'substitute'` it tells what was planned.
 *
 * @throws {@link InvalidOptionError} where it is given something else
 * @throws {@link SourceError} where a header cannot be read
 *
 * @example
 * ```ts
 * import { cifar10, cutout, describe, randomFlip } from 'millrace'
 * import { firstValueFrom } from 'rxjs'
 *
 * const sample = await firstValueFrom(cifar10({ split: 'test', seed: 1 }).pipe(randomFlip(), cutout()))
 * console.log((await describe(sample)).steps)
 * ```
 */
export function describe(sample: Sample): Promise<SampleDescription>
export function describe(batch: BatchPlan | Batch): Promise<BatchDescription>
export async function describe(item: Sample | BatchPlan | Batch): Promise<SampleDescription | BatchDescription> {
  if (item instanceof SlotBatch) return describeBatch(item.plan)
  checkOptions('describe', typeof item === 'object' ? {} : item, [])
  if (item !== null && 'samples' in item) return describeBatch(item)
  if (item !== null && 'image' in item && 'steps' in item) return describeSample(item)
  throw new InvalidOptionError({
    caller: 'describe',
    option: 'item',
    expected: 'a sample, a batch plan or a batch',
    received: item
  })
}

async function describeSample(sample: Sample): Promise<SampleDescription> {
  const { key, index, epoch, position, label, image } = sample
  const stop = sample.steps.findIndex(step => step.name === 'mapPixels')
  const steps = stop < 0 ? sample.steps : firstSteps(sample.steps, stop)
  const shape = await sourceShape(sample)
  const description = { key, index, epoch, position, label, shape }
  if (image.kind === 'pixels' && (image.applied ?? 0) > 0) {
    return { ...description, steps: [], stopped: 'the pixels went through mapPixels, whose result cannot be foreseen' }
  }
  const known = { ...sample, steps }
  const role = roleOf(sample)
  const partners = await planPartners(known, 0, role)
  const { program } = await drawn(known, role, partners)
  return {
    ...description,
    steps: steps.map(({ name, options }, i) => {
      const { drawn: params, shape } = program.steps[i]!
      const keys = partners.filter(partner => partner.forStep === i).map(partner => partner.sample.key)
      return { name, options, params, shape, partners: keys }
    }),
    stopped: stop < 0 ? undefined : 'what mapPixels makes of the pixels cannot be foreseen'
  }
}

/** Draws the steps of a sample, after those of its partners, whose shapes they may depend on. */
async function drawn(
  sample: Sample,
  role: number,
  partners: readonly PartnerPlan[]
): Promise<{ readonly program: SampleProgram; readonly shape: Shape }> {
  const { epoch, position, label, image, steps, info } = sample
  const shapes: Shape[][] = []
  for (const partner of partners) {
    shapes[partner.forStep] ??= []
    shapes[partner.forStep]!.push((await drawn(partner.sample, partner.role, partner.partners)).shape)
  }
  const program = await sampleProgram(plannedList(steps, info).spec)
  program.facts.epoch = epoch
  program.facts.label = label
  const applied = image.kind === 'pixels' ? (image.applied ?? 0) : 0
  return { program, shape: drawSteps(program, await sourceShape(sample), { epoch, position, role, applied }, shapes) }
}

async function describeBatch(plan: BatchPlan): Promise<BatchDescription> {
  const { epoch, index, info } = plan
  const samples: SampleDescription[] = []
  for (const sample of plan.samples) samples.push(await describeSample(sample))
  const stopped = samples.find(sample => sample.stopped !== undefined)?.stopped
  if (stopped !== undefined) return { epoch, index, samples, steps: [], stopped }
  const first = samples[0]!
  const steps = plan.steps.filter(step => !isNormalization(step))
  const program = batchProgram({ ...plannedList(plan.steps, info).spec, steps })
  program.facts.epoch = epoch
  program.facts.label = first.label
  const shape = [samples.length, ...(first.steps.at(-1)?.shape ?? first.shape)] as [number, number, number, number]
  const drawn = new Map(program.steps.map((ready, i) => [steps[i]!, drawBatchStep(ready, program.facts, shape, first)]))
  return {
    epoch,
    index,
    samples,
    steps: plan.steps.map(step => {
      const params = isNormalization(step) ? step.options : drawn.get(step)
      return { name: step.name, options: step.options, params, shape }
    }),
    stopped: undefined
  }
}

async function sourceShape({ image }: Sample): Promise<Shape> {
  if (image.kind === 'pixels') return [image.height, image.width, image.channels]
  const { width, height } = await imageSize(await fetchedImage(image))
  return [height, width, 3]
}
