/** Damages files at random, but the same way in every run. */

/** How many inputs a target is given; `MILLRACE_FUZZ` says another number. */
export const inputs: number = Number(process.env.MILLRACE_FUZZ ?? 5000)
/** `MILLRACE_FUZZ_SEED` says another one, for other inputs. */
export const seed: number = Number(process.env.MILLRACE_FUZZ_SEED ?? 1)

/** Random whole numbers below a bound, from a seed and the number of an input. */
export function dice(seed: number, input: number): (below: number) => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b)) >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0 // mulberry32
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}

/** An error that is meant: a SourceError that names the file. Stacks cost more than all else, so none is asked for. */
export function expectFine(error: unknown, names: string, input: number): void {
  const { name, message } = error as Error
  if (name === 'SourceError' && message.includes(names)) return
  throw new Error(`input ${input} of seed ${seed} ended in ${name}: ${message}`, { cause: error })
}

const EXTREMES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x0f, 0xf0]

/**
 * A copy with one to `most` changes: bits, bytes, extreme values, pieces that are cut out, doubled or overwritten, an end
 * that is missing. `words` are put in too: what means something to the parser.
 */
export function mutate(
  bytes: Uint8Array,
  roll: (below: number) => number,
  { words = [], most = 8 }: { readonly words?: readonly string[]; readonly most?: number } = {}
): Uint8Array {
  let out = new Uint8Array(bytes)
  for (let changes = 1 + roll(most); changes > 0; changes--) {
    const at = roll(Math.max(1, out.length))
    const length = Math.min(out.length - at, 1 + roll(roll(8) === 0 ? 4096 : 16))
    const piece = out.slice(at, at + length)
    const kind = roll(words.length > 0 ? 9 : 8)
    if (kind === 0) out[at]! ^= 1 << roll(8)
    else if (kind === 1) out[at] = roll(256)
    else if (kind === 2) out[at] = EXTREMES[roll(EXTREMES.length)]!
    else if (kind === 3) out.fill(EXTREMES[roll(EXTREMES.length)]!, at, at + Math.min(length, 16))
    else if (kind === 4) out = joined(out.subarray(0, at), out.subarray(at + length))
    else if (kind === 5) out = joined(out.subarray(0, at), piece, out.subarray(at))
    else if (kind === 6) out.set(piece.subarray(0, out.length - roll(out.length + 1)), 0)
    else if (kind === 7 && roll(4) === 0) out = out.slice(0, at)
    else if (kind === 8) out = joined(out.subarray(0, at), Buffer.from(words[roll(words.length)]!), out.subarray(at))
  }
  return out
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}
