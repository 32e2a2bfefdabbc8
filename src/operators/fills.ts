/** The option `fill` of operators that cover pixels. */
import { fillOption } from './options.js'

/** Gives the option as a step keeps it. */
export function coverOption(caller: string, fill: unknown): 'mean' | 'noise' | number | readonly number[] {
  if (fill === 'mean' || fill === 'noise') return fill
  return fillOption(caller, fill, ", or 'mean', or 'noise'")
}
