/** One image by itself: all steps of a sample so far, in a worker. */
import type { Image } from '../kernels/step.js'
import type { Sample } from '../sample.js'
import { admit } from './cacheStore.js'
import { programsOf } from './chunks.js'
import { killerFault, sampleError } from './faults.js'
import { roleOf, rowPlan, targetsError } from './plannedRows.js'
import { type Runner, WorkerDied } from './pool.js'
import { plannedList } from './programs.js'
import { hasTargets, writeTable } from './table.js'
import type { Outcome } from './task.js'

/**
 * Executes the steps of a sample.
 *
 * @throws SourceError where the sample cannot be made
 */
export async function makePixels(runner: Runner, sample: Sample): Promise<Image> {
  if (hasTargets(sample)) throw targetsError('mapPixels', sample.key)
  const { cacheAt } = plannedList(sample.steps, sample.info)
  const row = await rowPlan(sample, 0, roleOf(sample))
  const table = writeTable([row])
  const run = (): Promise<Outcome> => runner.run({ kind: 'pixels', table }, programsOf([row]))
  const again = (error: unknown): Promise<Outcome> => (error instanceof WorkerDied ? run() : Promise.reject(error))
  const { pixels, faults } = await run()
    .catch(again)
    .catch(error => {
      if (!(error instanceof WorkerDied)) throw error
      throw sampleError(sample, killerFault(0))
    })
  const made = pixels[0]
  if (made === undefined) throw sampleError(sample, faults[0]!)
  // With the cache as the last step, what came back is just what it keeps.
  if (cacheAt === sample.steps.length - 1) admit(sample, cacheAt, made)
  const { buffer, width, height, channels } = made
  return { data: new Uint8Array(buffer), width, height, channels }
}
