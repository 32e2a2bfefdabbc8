/** The options `granularity` and `partner` of operators that mix, which depend on each other. */
import { checkOneOf } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import type { Granularity } from '../kernels/granularity.js'
import type { PartnerPolicy } from '../kernels/partners.js'

/**
 * Checks both; pairs are those of the reversed batch.
 *
 * @throws InvalidOptionError
 */
export function pairing(
  caller: string,
  granularity: unknown = 'batch',
  partner: unknown = granularity === 'pair' ? 'reverse' : 'permutation'
): { readonly granularity: Granularity; readonly partner: PartnerPolicy } {
  checkOneOf<Granularity>(caller, 'granularity', granularity, ['batch', 'sample', 'pair'])
  checkOneOf<PartnerPolicy>(caller, 'partner', partner, ['permutation', 'reverse', 'roll'])
  if (granularity === 'pair' && partner !== 'reverse') {
    throw new InvalidOptionError({
      caller,
      option: 'partner',
      expected: "'reverse' where `granularity` is 'pair'",
      received: partner,
      hint: 'Leave it out.'
    })
  }
  return { granularity, partner }
}
