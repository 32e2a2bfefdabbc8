/** The other samples that steps need: chosen by a draw on the main thread, and planned with the same steps so far. */
import { OperatorError } from '../errors.js'
import { type SourceHandle, sourceOf } from '../handle.js'
import { findSampleStep } from '../kernels/registry.js'
import type { SampleFacts } from '../kernels/step.js'
import { Rng, rngKey } from '../random/rng.js'
import type { Sample } from '../sample.js'
import { cached } from './cacheStore.js'
import { occurrence } from './occurrence.js'
import { firstSteps, plannedList } from './programs.js'
import type { PartnerPlan } from './table.js'

const rng = new Rng()

/** Hands out roles: 1 for the first partner of a sample, and so on, partners' partners included. */
interface Roles {
  last: number
}

/**
 * Chooses and plans the partners of a sample.
 *
 * @param role the sample's own: 0, or that of a substitute
 * @param place the sample's own place in its source's subset; found by its position unless given
 * @throws OperatorError where the source has no other samples to offer
 */
export async function planPartners(
  sample: Sample,
  row: number,
  role: number,
  place?: number,
  roles: Roles = { last: 0 }
): Promise<readonly PartnerPlan[]> {
  const { steps, info, epoch, position, label } = sample
  const applied = sample.image.kind === 'pixels' ? (sample.image.applied ?? 0) : 0
  const plans: PartnerPlan[] = []
  for (const at of plannedList(steps, info).partnerSteps) {
    if (at < applied) continue
    const { name, module, options } = steps[at]!
    const source = partnerSource(sample, at)
    const own = place ?? source.placeAt(epoch, position)
    const { mean, std, classes } = info
    const facts: SampleFacts = { epoch, label, mean, std, classes }
    const key = rngKey(info.seed, info.fingerprint, `${name} partners`, occurrence(steps, at))
    const part = source.partAt?.(own) ?? { first: 0, size: source.size, placesByClass: source.placesByClass }
    const places = findSampleStep(name, module)!.partners!(rng.reset(key, epoch, position, role), options, facts, {
      size: part.size,
      own: own - part.first,
      get classes() {
        return part.placesByClass?.()
      }
    })
    for (const chosen of places) {
      roles.last++
      const other = part.first + chosen
      const partner = { ...(await source.sampleAt(other, epoch, position)), steps: firstSteps(steps, at) }
      plans.push(await partnerPlan(partner, row, roles.last, other, at, roles))
    }
  }
  return plans
}

async function partnerPlan(
  partner: Sample,
  row: number,
  role: number,
  place: number,
  forStep: number,
  roles: Roles
): Promise<PartnerPlan> {
  const { spec, cacheAt } = plannedList(partner.steps, partner.info)
  const { sample } = cacheAt < 0 ? { sample: partner } : cached(partner, cacheAt)
  const partners = await planPartners(partner, row, role, place, roles)
  return { sample, row, program: spec, role, keep: -1, partners, forStep }
}

/** The source of a sample, where partners can be had from it. */
function partnerSource(
  { steps, info, key }: Sample,
  at: number
): Pick<SourceHandle, 'placesByClass' | 'partAt'> & {
  readonly size: number
  readonly sampleAt: NonNullable<SourceHandle['sampleAt']>
  readonly placeAt: NonNullable<SourceHandle['placeAt']>
} {
  const { name } = steps[at]!
  if (steps.slice(0, at).some(step => step.name === 'mapPixels')) {
    throw new OperatorError(
      name,
      'its partners cannot go through mapPixels. Put it before mapPixels, or use defineTransform instead of that.',
      { key }
    )
  }
  const source = sourceOf(info)
  if (source?.sampleAt === undefined || source.placeAt === undefined || source.size === undefined) {
    throw new OperatorError(
      name,
      `it needs other samples of the data set, and ${info.name} is a stream, which has none at hand. Use indexed, arrays or imageFolder.`,
      { key }
    )
  }
  const { size, sampleAt, placeAt, placesByClass, partAt } = source
  return { size, sampleAt, placeAt, placesByClass, partAt }
}
