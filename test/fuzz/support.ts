/** What all fuzz targets share: how many inputs, from which seed, and how bytes are damaged. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { LoaderError } from 'millrace'
import { afterAll, expect, test } from 'vitest'

/** Inputs of each target: `MILLRACE_FUZZ`, else 5,000. */
const INPUTS = Number(process.env.MILLRACE_FUZZ ?? 5000)
/** Of all draws: `MILLRACE_FUZZ_SEED`, else always the same. */
const SEED = Number(process.env.MILLRACE_FUZZ_SEED ?? 1)
/** Milliseconds for one input; no input takes a hundredth of it, so that only a hang does. */
const HANG_MS = 20_000

/** Kilobytes of resident memory that no target reaches; one page of a Parquet file may unpack to 512 MiB. */
const MOST_KB = 2_000_000

/**
 * A target: every input must end in a result or in an error of this library, in bounded time and memory. `use` checks
 * the result, `check` what the error says. fast-check shrinks an input that fails, and prints the seed and path to run
 * it again.
 */
export function fuzz<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  use: (input: T) => Promise<void> | void,
  check: (error: LoaderError) => void = () => {}
): void {
  test(`${name}, ${INPUTS} inputs`, { timeout: 0 }, async () => {
    let results = 0
    let errors = 0
    const property = fc.asyncProperty(inputs, async input => {
      try {
        await use(input)
        results++
      } catch (error) {
        if (!(error instanceof LoaderError)) throw error
        check(error)
        errors++
      }
    })
    await fc.assert(property, { numRuns: INPUTS, seed: SEED, timeout: HANG_MS, endOnFailure: INPUTS > 5000 })
    // A target whose inputs are all good, or all bad, looks at little.
    expect(Math.min(results, errors)).toBeGreaterThan(INPUTS / 100)
    expect(process.resourceUsage().maxRSS).toBeLessThan(MOST_KB)
  })
}

/** Checks that an error tells which file is to blame. */
export function naming(path: string): (error: LoaderError) => void {
  return ({ message }) => {
    if (!message.includes(path)) throw new Error(`no file is named: ${message}`)
  }
}

/** Where a test writes its inputs, one after the other; gone when all is done. */
export function inputFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  return dir
}

/** What is done to bytes; it gives a copy. */
export type Damage = (bytes: Uint8Array) => Uint8Array

/** A share of the bytes. `fc.double` would draw most near 0, as doubles lie. */
const at = fc.noBias(fc.nat(999_999)).map(n => n / 1e6)
const place = (bytes: Uint8Array, share: number): number => Math.floor(share * bytes.length)
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** Puts bytes over those that were there; the length stays. */
const overwritten = fc
  .tuple(
    at,
    fc.oneof(
      fc.nat(255).map(value => [value]),
      fc.constantFrom([0], [127], [128], [255]),
      fc.uint8Array({ maxLength: 16 })
    )
  )
  .map(([share, put]): Damage => {
    return bytes => {
      const copy = new Uint8Array(bytes)
      copy.set([...put].slice(0, copy.length - place(copy, share)), place(copy, share))
      return copy
    }
  })
const flipped = fc.tuple(at, fc.nat(7)).map(([share, bit]): Damage => {
  return bytes => new Uint8Array(bytes).map((byte, i) => (i === place(bytes, share) ? byte ^ (1 << bit) : byte))
})
const cutOff = at.map(
  (share): Damage =>
    bytes =>
      new Uint8Array(bytes.subarray(0, place(bytes, share)))
)
/** Leaves a piece out, or doubles it; most are short. */
const spliced = fc.tuple(at, fc.oneof(fc.nat(16), fc.nat(4096)), fc.boolean()).map(([share, length, twice]): Damage => {
  return bytes => {
    const from = place(bytes, share)
    const [head, tail] = twice ? [from + length, from] : [from, from + length]
    return joined(bytes.subarray(0, head), bytes.subarray(tail))
  }
})
/** Half of the words begin where a cell, a value or a part of a path does. */
const inserted = (words: readonly string[]): fc.Arbitrary<Damage> =>
  fc.tuple(at, fc.constantFrom(...words), fc.boolean()).map(([share, word, first]): Damage => {
    return bytes => {
      const any = place(bytes, share)
      const from = first ? 1 + bytes.findIndex((byte, i) => i >= any && SEPARATORS.includes(byte)) : any
      return joined(bytes.subarray(0, from), Buffer.from(word), bytes.subarray(from))
    }
  })
const SEPARATORS: readonly number[] = [...Buffer.from('\t\n"[{,:/')]

/** Up to `most` changes, or none; `words` are what means something to the parser, and are put in too. */
export function damage(most: number, words: readonly string[] = []): fc.Arbitrary<Damage> {
  const kinds = [overwritten, flipped, cutOff, spliced].map(arbitrary => ({ arbitrary, weight: 1 }))
  if (words.length > 0) kinds.push({ arbitrary: inserted(words), weight: 3 })
  const all = fc.array(fc.oneof(...kinds), { maxLength: most })
  return all.map(
    (list): Damage =>
      bytes =>
        list.reduce<Uint8Array>((now, one) => one(now), bytes)
  )
}

/** Good bytes, damaged a few times or not at all; now and then bytes that never were any good. */
export function damaged(good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { arbitrary: fc.tuple(fc.constantFrom(...good), damage(3)).map(([bytes, change]) => change(bytes)), weight: 9 },
    { arbitrary: fc.uint8Array({ maxLength: 3000 }), weight: 1 }
  )
}
