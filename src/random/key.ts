/** Keys of random streams: everything that tells two streams apart, hashed to 128 bits. */
import { threefry4x32 } from './threefry.js'

/** A 128-bit key, as four 32-bit words. Plain data: it may be stored and sent. */
export type RngKey = readonly [number, number, number, number]

/**
 * Derives the key of a stream. Different arguments give independent keys.
 *
 * @param seed any safe integer, negative ones included
 * @param source what the numbers belong to, such as a data set's name
 * @param name what they are used for, such as the name of a step
 * @param occurrence how often the same name was used before; any safe integer
 */
export function rngKey(seed: number, source: string, name: string, occurrence: number): RngKey {
  const hash = new Int32Array(4)
  absorb(hash, seed | 0, high(seed), occurrence | 0, high(occurrence))
  absorb(hash, source.length, name.length, 0, 0)
  absorbText(hash, source)
  absorbText(hash, name)
  return [hash[0]!, hash[1]!, hash[2]!, hash[3]!]
}

/** Derives the key of a stream within a stream. */
export function childKey(key: RngKey, name: string, occurrence: number): RngKey {
  const hash = Int32Array.from(key)
  absorb(hash, name.length, occurrence | 0, high(occurrence), 0)
  absorbText(hash, name)
  return [hash[0]!, hash[1]!, hash[2]!, hash[3]!]
}

/** The upper 32 bits of a safe integer in two's complement. */
function high(value: number): number {
  return Math.floor(value / 2 ** 32) | 0
}

/** Takes in a string, eight UTF-16 units at a time. */
function absorbText(hash: Int32Array, text: string): void {
  const word = (i: number) => ((text.charCodeAt(i) || 0) << 16) | (text.charCodeAt(i + 1) || 0)
  for (let i = 0; i < text.length; i += 8) absorb(hash, word(i), word(i + 2), word(i + 4), word(i + 6))
}

/** Matyas–Meyer–Oseas: encrypts the block under the hash so far, and adds the block. */
function absorb(hash: Int32Array, w0: number, w1: number, w2: number, w3: number): void {
  threefry4x32(hash, w0, w1, w2, w3, hash[0]!, hash[1]!, hash[2]!, hash[3]!)
  hash[0]! ^= w0
  hash[1]! ^= w1
  hash[2]! ^= w2
  hash[3]! ^= w3
}
