/** What all fuzz targets share: how many inputs, from which seed, and how bytes are damaged. */
import fc from 'fast-check'
import { LoaderError } from 'millrace'
import { expect, test } from 'vitest'

/** Inputs of each target: `MILLRACE_FUZZ`, else 5,000. */
const INPUTS = Number(process.env.MILLRACE_FUZZ ?? 5000)
/** Of all draws: `MILLRACE_FUZZ_SEED`, else always the same. */
const SEED = Number(process.env.MILLRACE_FUZZ_SEED ?? 1)
/** Milliseconds for one input; no input takes a hundredth of it, so that only a hang does. */
const HANG_MS = 20_000

/**
 * A target: every input must end in a result or in an error of this library, in bounded time. `use` checks the result.
 * fast-check shrinks an input that fails, and prints the seed and path to run it again.
 */
export function fuzz<T>(name: string, inputs: fc.Arbitrary<T>, use: (input: T) => Promise<void> | void): void {
  test(`${name}, ${INPUTS} inputs`, { timeout: 0 }, async () => {
    let results = 0
    let errors = 0
    const property = fc.asyncProperty(inputs, async input => {
      try {
        await use(input)
        results++
      } catch (error) {
        if (!(error instanceof LoaderError)) throw error
        errors++
      }
    })
    await fc.assert(property, { numRuns: INPUTS, seed: SEED, timeout: HANG_MS, endOnFailure: INPUTS > 5000 })
    // A target whose inputs are all good, or all bad, looks at little.
    expect(Math.min(results, errors)).toBeGreaterThan(INPUTS / 100)
  })
}

/** One kind of damage. */
type Damage = (bytes: Uint8Array) => Uint8Array

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([a, b]))
const place = (bytes: Uint8Array, share: number): number => Math.floor(share * bytes.length)

/** Bytes changed, cut off, left out, doubled, or put in. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(at, fc.nat(255)).map(
    ([share, value]): Damage =>
      bytes => {
        const copy = bytes.slice()
        if (copy.length > 0) copy[place(copy, share)] = value
        return copy
      }
  ),
  fc.tuple(at, fc.uint8Array({ maxLength: 16 })).map(
    ([share, put]): Damage =>
      bytes => {
        const copy = bytes.slice()
        copy.set(put.subarray(0, copy.length - place(copy, share)), place(copy, share))
        return copy
      }
  ),
  at.map(
    (share): Damage =>
      bytes =>
        bytes.slice(0, place(bytes, share))
  ),
  fc.tuple(at, at).map(
    ([a, b]): Damage =>
      bytes => {
        const [from, to] = [place(bytes, Math.min(a, b)), place(bytes, Math.max(a, b))]
        return joined(bytes.subarray(0, from), bytes.subarray(to))
      }
  ),
  fc.tuple(at, at).map(
    ([a, b]): Damage =>
      bytes => {
        const [from, to] = [place(bytes, Math.min(a, b)), place(bytes, Math.max(a, b))]
        return joined(bytes.subarray(0, to), bytes.subarray(from))
      }
  )
)

/** Good bytes, damaged a few times or not at all. */
export function damaged(good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const copies = good.map(bytes => new Uint8Array(bytes)) // the slice() of a Buffer is no copy
  const some = fc.tuple(fc.constantFrom(...copies), fc.array(damage, { maxLength: 3 }))
  return fc.oneof(
    { arbitrary: some.map(([bytes, damages]) => damages.reduce<Uint8Array>((now, one) => one(now), bytes)), weight: 9 },
    { arbitrary: fc.uint8Array({ maxLength: 3000 }), weight: 1 }
  )
}
