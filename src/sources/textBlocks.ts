/** Text files of any length, block by block and line by line, in bounded memory. */
import { SourceError } from '../errors.js'
import type { ByteSource } from '../storage/openBytes.js'

const BLOCK = 1 << 20 // bytes
/** A longer line or record is refused: no row of a manifest needs as much, and memory must not depend on what comes. */
export const LONGEST_ROW: number = 1 << 20 // characters

/** The text of a file, in blocks; the mark that some programs put before it is left out. */
export async function* textBlocks(file: ByteSource): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let at = 0; at < file.byteLength; at += BLOCK) {
    const last = at + BLOCK >= file.byteLength
    const bytes = await file.slice(at, at + BLOCK)
    try {
      yield decoder.decode(bytes, { stream: !last })
    } catch (cause) {
      throw new SourceError(`it is no text in UTF-8, somewhere after byte ${at}`, { cause })
    }
  }
}

/** Hands over the lines of a text, with their numbers, from 1 on; without what ends them. */
export async function eachLine(
  blocks: AsyncIterable<string>,
  take: (line: string, number: number) => void
): Promise<void> {
  let rest = ''
  let number = 0
  for await (const block of blocks) {
    const lines = (rest + block).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      number++
      refuseLong(line.length, number)
      take(line, number)
    }
    refuseLong(rest.length, number + 1)
  }
  if (rest !== '') take(rest, number + 1)
}

/** @throws SourceError where a row is longer than any should be */
export function refuseLong(length: number, line: number): void {
  if (length <= LONGEST_ROW) return
  throw new SourceError(`line ${line} begins a row of more than ${LONGEST_ROW} characters`)
}
