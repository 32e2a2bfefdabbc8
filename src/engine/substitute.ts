/** Samples that take the place of one that cannot be made: drawn, so that a repeated run takes the same. */
import { SourceError } from '../errors.js'
import { sourceOf } from '../handle.js'
import { Rng, rngKey } from '../random/rng.js'
import type { Sample } from '../sample.js'

/** Substitutes that are tried for one sample. */
const ATTEMPTS = 10
/** Roles from here down belong to substitutes; partners count from 1 up. */
const LAST_ROLE = 2047

const rng = new Rng()

/** Other samples of the same data set, with the steps of this one, one after the other. */
export async function* substituteFor(
  sample: Sample
): AsyncGenerator<{ readonly sample: Sample; readonly role: number; readonly place: number }> {
  const { info, epoch, position, steps, key } = sample
  const source = sourceOf(info)
  if (source?.sampleAt === undefined || source.size === undefined) {
    throw new SourceError(
      `Sample ${JSON.stringify(key)} could not be made, and ${info.name} is a stream, which has no other samples to take its place. ` +
        "Use onFault: 'skip'.",
      { key, index: sample.index }
    )
  }
  const own = source.placeAt?.(epoch, position)
  const part = own === undefined ? undefined : source.partAt?.(own)
  const { first, size } = part ?? { first: 0, size: source.size }
  const streamKey = rngKey(info.seed, info.fingerprint, 'substitute', 0)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const role = LAST_ROLE - attempt
    const place = first + rng.reset(streamKey, epoch, position, role).int(size)
    const other = await source.sampleAt(place, epoch, position)
    yield { sample: { ...other, steps }, role, place }
  }
  throw new SourceError(`Neither sample ${JSON.stringify(key)} nor any of ${ATTEMPTS} substitutes could be made.`, {
    key,
    index: sample.index
  })
}
