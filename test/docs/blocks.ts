/** The code in the documentation: where it is, and what it says. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Block {
  /** Where it begins, as `file:line`. */
  readonly place: string
  readonly language: string
  readonly code: string
}

/** Every `@example` of the sources. */
export function exampleBlocks(): Block[] {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  return files.sort().flatMap(file => {
    const text = readFileSync(`${root}src/${file}`, 'utf8')
    return fencedBlocks(`src/${file}`, text.replaceAll(/^ *\* ?/gm, ''))
  })
}

/** Every program of the README: the blocks of JavaScript that begin with an import. */
export function readmePrograms(): Block[] {
  const blocks = fencedBlocks('README.md', readFileSync(`${root}README.md`, 'utf8'))
  return blocks.filter(({ language, code }) => /^(js|ts)$/.test(language) && /^(\/\/.*\n)?import /.test(code))
}

function fencedBlocks(file: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ index, 1: language, 2: code }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length + 1}`,
    language: language!,
    code: code!
  }))
}
