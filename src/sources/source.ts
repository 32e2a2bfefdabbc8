/** What a source is, and the options that all sources share. */
import type { Observable } from 'rxjs'
import { checkInteger } from '../check.js'
import type { Cursor } from '../cursor.js'
import { InvalidOptionError } from '../errors.js'
import type { Sample, SourceInfo } from '../sample.js'
import { isSubset } from './options.js'
import { platformSeed } from './platform.js'
import { checkCursor, refuseMisfit } from './resume.js'
import { checkSampler, type Sampler } from './sampler.js'

/** A data set as an Observable of plans. Subscribing again replays the same epochs. */
export type SampleSource = Observable<Sample> & {
  /** The facts of the data set; opens it where that has not happened yet. */
  info(): Promise<SourceInfo>
}

/** Options of every source. */
export interface SourceOptions {
  /**
   * Seed of the shuffle and of every draw that follows: a whole number of at least 0.
   * @defaultValue drawn once a source; `info()` and every cursor tell it
   */
  readonly seed?: number | undefined
  /**
   * How often the data set is gone through: a whole number of at least 1, or `Infinity`.
   * @defaultValue 1
   */
  readonly epochs?: number | undefined
  /**
   * Reads only part `index` of `count` of the global order: the positions index, index + count, …
   * @defaultValue all of it, `{ index: 0, count: 1 }`
   */
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  /**
   * Continues right after the batch that this cursor was taken from. Seed, shuffle, subset and epochs are taken from
   * it unless they are given; given ones must agree, except `epochs`.
   */
  readonly resume?: Cursor | undefined
}

/** Options of sources whose samples can be reached by their index. */
export interface IndexedSourceOptions extends SourceOptions {
  /**
   * A new order for each epoch: a keyed permutation of the whole data set, in memory that does not grow with it.
   * @defaultValue false
   */
  readonly shuffle?: boolean | undefined
  /**
   * Reads only a part of the data set, as two fractions of one permutation that is the same in every run and for
   * every seed: `[0, 0.9]` and `[0.9, 1]` have no sample in common and miss none.
   * @defaultValue [0, 1], in the order of the data set
   */
  readonly subset?: readonly [from: number, to: number] | undefined
  /**
   * Chooses the samples of each epoch, in random order, in place of `shuffle`: `classBalanced()` or `weighted(weights)`.
   * It is not in the cursor: give the same one to resume.
   * @defaultValue each sample of the subset once
   */
  readonly sampler?: Sampler | undefined
}

/** The names of {@link IndexedSourceOptions}, for checks. */
export const INDEXED_OPTIONS = ['seed', 'shuffle', 'epochs', 'shard', 'subset', 'sampler', 'resume'] as const

/** The shared options, checked and complete. */
export interface Settings {
  readonly seed: number
  readonly shuffle: boolean
  readonly epochs: number
  readonly shard: { readonly index: number; readonly count: number }
  readonly subset: readonly [from: number, to: number]
  readonly sampler: Sampler | undefined
  readonly resume: Cursor | undefined
  /** The seed, where it was given and not drawn. */
  readonly ownSeed: number | undefined
}

/** Checks the shared options and fills in what was left out, from the cursor where there is one. */
export function settle(caller: string, options: IndexedSourceOptions): Settings {
  checkShared(caller, options)
  const { shard = { index: 0, count: 1 } } = options
  const resume = options.resume === undefined ? undefined : checkCursor(caller, options.resume)
  if (resume !== undefined) refuseMisfit(caller, resume, options, shard.count)
  const [from, to] = options.subset ?? resume?.subset ?? [0, 1]
  return {
    seed: options.seed ?? resume?.seed ?? platformSeed(),
    shuffle: options.shuffle ?? resume?.shuffle ?? options.sampler !== undefined,
    epochs: options.epochs ?? (resume === undefined ? 1 : Number(resume.epochs)),
    shard: Object.freeze({ index: shard.index, count: shard.count }),
    subset: Object.freeze([from, to] as const),
    sampler: options.sampler,
    resume,
    ownSeed: options.seed
  }
}

/** Checks the option `classes`: names, or a count. */
export function settleClasses(
  caller: string,
  classes: number | readonly string[] | undefined
): { readonly classes: number | undefined; readonly classNames: readonly string[] | undefined } {
  if (classes === undefined) return { classes: undefined, classNames: undefined }
  if (typeof classes === 'number') {
    checkInteger(caller, 'classes', classes, { min: 1 })
    return { classes, classNames: undefined }
  }
  const fits = Array.isArray(classes) && classes.length > 0 && classes.every(name => typeof name === 'string')
  if (!fits || new Set(classes).size < classes.length) {
    const expected = 'a whole number of at least 1, or a list of different names'
    throw new InvalidOptionError({ caller, option: 'classes', expected, received: classes })
  }
  return { classes: classes.length, classNames: Object.freeze([...classes]) }
}

function checkShared(caller: string, options: IndexedSourceOptions): void {
  const { seed, shuffle, epochs, shard, subset, sampler } = options
  if (seed !== undefined) checkInteger(caller, 'seed', seed)
  if (shuffle !== undefined && typeof shuffle !== 'boolean') {
    throw new InvalidOptionError({ caller, option: 'shuffle', expected: 'true or false', received: shuffle })
  }
  if (epochs !== undefined && epochs !== Infinity) {
    checkInteger(caller, 'epochs', epochs, { min: 1, hint: 'Infinity goes on without end.' })
  }
  if (sampler !== undefined) checkSampler(caller, sampler)
  if (sampler !== undefined && shuffle === false) {
    const hint = 'A sampler chooses in random order.'
    throw new InvalidOptionError({ caller, option: 'shuffle', expected: 'left out', received: shuffle, hint })
  }
  if (shard !== undefined) checkShard(caller, shard)
  if (subset !== undefined) checkSubset(caller, subset)
}

function checkShard(caller: string, shard: unknown): void {
  const { index, count } = (shard ?? {}) as { index?: unknown; count?: unknown }
  if (typeof shard !== 'object' || index === undefined || count === undefined) {
    throw new InvalidOptionError({ caller, option: 'shard', expected: 'an object { index, count }', received: shard })
  }
  checkInteger(caller, 'shard.count', count, { min: 1 })
  checkInteger(caller, 'shard.index', index, { max: count - 1, hint: 'Shards are counted from 0.' })
}

function checkSubset(caller: string, subset: unknown): void {
  if (isSubset(subset)) return
  const expected = 'a pair of fractions [from, to] with 0 <= from < to <= 1'
  throw new InvalidOptionError({ caller, option: 'subset', expected, received: subset })
}
