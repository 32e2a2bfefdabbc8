/** Samplers: what chooses the samples of an epoch, where not each one comes once. */
import { InvalidOptionError } from '../errors.js'
import type { Order, OrderFacts } from './order.js'

/** What chooses the samples of an epoch; `classBalanced` and `weighted` make one. */
export interface Sampler {
  readonly name: 'classBalanced' | 'weighted'
  /**
   * Decides which place of the subset stands at which position.
   * @internal
   */
  arrange(facts: OrderFacts & Pick<Order, 'places' | 'index'>): Pick<Order, 'size' | 'print' | 'epoch'>
}

/** Refuses anything but a sampler. */
export function checkSampler(caller: string, sampler: unknown): void {
  if (typeof (sampler as Partial<Sampler> | null)?.arrange === 'function') return
  const expected = 'what classBalanced() or weighted() gives'
  throw new InvalidOptionError({ caller, option: 'sampler', expected, received: sampler })
}
