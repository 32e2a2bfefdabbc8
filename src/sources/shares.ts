/** Weights as whole shares of a block. */
import { InvalidOptionError } from '../errors.js'

/** The longest block. */
const MOST = 1000
/** A share is the weight itself if it is so near. */
const EXACT = 1e-9

/**
 * The shares of the shortest block of at most 1,000 that has the weights exactly, else of the one that has them best:
 * 0.7 and 0.3 are 7 and 3. None is 0.
 *
 * @throws InvalidOptionError where a weight is too small for that
 */
export function sharesOf(caller: string, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const parts = weights.map(weight => weight / total)
  let best: readonly number[] | undefined
  let least = Infinity
  for (let block = parts.length; block <= MOST; block++) {
    const shares = parts.map(part => Math.round(part * block))
    if (shares.includes(0) || shares.reduce((sum, share) => sum + share, 0) !== block) continue
    const error = Math.max(...shares.map((share, i) => Math.abs(share / block - parts[i]!)))
    if (error < EXACT) return shares
    if (error < least) {
      least = error
      best = shares
    }
  }
  if (best !== undefined) return best
  const expected = `weights of at least a ${MOST}th of their sum`
  throw new InvalidOptionError({ caller, option: 'weights', expected, received: weights })
}
