/** What to do with samples that cannot be made, and how many of them are too many. */
import type { Fault } from '../batch.js'
import { checkFunction, checkInteger, checkNumber, checkOneOf, checkOptions } from '../check.js'
import { LoaderError, ShapeError, SourceError } from '../errors.js'
import type { Sample } from '../sample.js'
import type { RowFault } from './task.js'

/** What `prefetch` does with a sample that cannot be made. */
export type FaultAction = 'throw' | 'skip' | 'substitute'

/** What `prefetch` does with samples that cannot be made, with a budget. */
export interface FaultPolicy {
  /**
   * `'throw'`: the pipeline fails. `'skip'`: the batch is shorter. `'substitute'`: another sample of the source takes
   * its place, the same one whenever this is repeated.
   */
  readonly action: FaultAction
  /**
   * More faults than this fail the pipeline. Counting starts again when a run is resumed.
   * @defaultValue Infinity
   */
  readonly maxCount?: number | undefined
  /**
   * A larger share of the samples than this fails the pipeline, once 100 samples have been seen.
   * @defaultValue 1
   */
  readonly maxRate?: number | undefined
  /**
   * Is told of each fault.
   */
  readonly report?: ((fault: Fault) => void) | undefined
}

/** Samples before a rate means anything. */
const RATE_SAMPLES = 100

/** The faults of one subscription. */
export class FaultBudget {
  readonly action: FaultAction
  readonly #maxCount: number
  readonly #maxRate: number
  readonly #report: ((fault: Fault) => void) | undefined
  #faults = 0
  #samples = 0

  constructor({ action, maxCount = Infinity, maxRate = 1, report }: FaultPolicy) {
    this.action = action
    this.#maxCount = maxCount
    this.#maxRate = maxRate
    this.#report = report
  }

  seen(samples: number): void {
    this.#samples += samples
  }

  /** Takes note of a fault; throws where the policy says so. */
  take(sample: Sample, fault: RowFault): Fault {
    // A step that does not exist or cannot be imported is no sample's fault.
    if (this.action === 'throw' || fault.code === 'OPERATOR') throw sampleError(sample, fault)
    const action = this.action === 'skip' ? 'skipped' : 'substituted'
    const taken = { key: sample.key, reason: fault.message, action } as const
    this.#faults++
    this.#report?.(taken)
    const rate = this.#samples < RATE_SAMPLES ? 0 : this.#faults / this.#samples
    if (this.#faults <= this.#maxCount && rate <= this.#maxRate) return taken
    const limit =
      this.#faults > this.#maxCount
        ? `more than the ${this.#maxCount} that \`maxCount\` allows`
        : `a share of ${rate.toFixed(3)}, above the \`maxRate\` of ${this.#maxRate}`
    throw new LoaderError(
      'FAULT_BUDGET',
      `${this.#faults} of ${this.#samples} samples could not be made, ${limit}. The last one: ${sampleError(sample, fault).message}`
    )
  }
}

/** Checks the option `onFault`, and gives it its full form. */
export function faultPolicy(caller: string, onFault: FaultAction | FaultPolicy): FaultPolicy {
  const policy = typeof onFault === 'object' && onFault !== null ? onFault : { action: onFault }
  checkOptions(caller, policy, ['action', 'maxCount', 'maxRate', 'report'])
  const option = policy === onFault ? 'onFault.action' : 'onFault'
  checkOneOf(caller, option, policy.action, ['throw', 'skip', 'substitute'])
  if (policy.maxCount !== undefined && policy.maxCount !== Infinity) {
    checkInteger(caller, 'onFault.maxCount', policy.maxCount)
  }
  if (policy.maxRate !== undefined) checkNumber(caller, 'onFault.maxRate', policy.maxRate, { min: 0, max: 1 })
  if (policy.report !== undefined) checkFunction(caller, 'onFault.report', policy.report)
  return policy
}

/** The fault of a row that ends every thread which tries to make it. */
export function killerFault(row: number): RowFault {
  const message = 'the worker thread that was making this sample died, each time that it was tried'
  return { row, message, code: 'WORKER', stack: undefined, shape: undefined }
}

/** The error of one sample, with its key. */
export function sampleError({ key, index, info }: Sample, fault: RowFault): SourceError {
  const cause = new Error(fault.message)
  if (fault.stack !== undefined) cause.stack = fault.stack
  const message = `Sample ${JSON.stringify(key)} (index ${index} of ${info.name}) could not be made: ${fault.message}`
  return new SourceError(message, { key, index, cause, code: fault.code ?? 'SAMPLE' })
}

/** The error of a batch whose images end in different sizes. */
export function sizesError(
  sized: readonly { readonly sample: Sample; readonly shape: readonly [number, number, number] }[]
): ShapeError {
  const bySize = new Map<string, string[]>()
  for (const { sample, shape } of sized) {
    const name = shape.join('×')
    bySize.set(name, [...(bySize.get(name) ?? []), sample.key])
  }
  const list = [...bySize].map(([size, keys]) => {
    const more = keys.length > 3 ? ` and ${keys.length - 3} more` : ''
    return `${size} (${keys.slice(0, 3).join(', ')}${more})`
  })
  return new ShapeError(
    `The images of a batch must end in one size (height×width×channels), but these do not: ${list.join('; ')}. ` +
      'Put resize([height, width]), centerCrop(size) or randomResizedCrop(size) before batch().'
  )
}
