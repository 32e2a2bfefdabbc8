/** Names of data sets that are the same on every machine. */
import { sha256 } from './platform.js'

/** A short hash of facts and keys, in their order. */
export function fingerprint(facts: readonly unknown[], keys: readonly string[] = []): string {
  return sha256(inBlocks(JSON.stringify(facts), keys)).slice(0, 16)
}

/** Hashing a million short strings one at a time would cost more than reading them. */
function* inBlocks(head: string, keys: readonly string[]): Generator<string> {
  yield head
  for (let at = 0; at < keys.length; at += BLOCK) yield `\0${keys.slice(at, at + BLOCK).join('\0')}`
}

const BLOCK = 4096 // keys
