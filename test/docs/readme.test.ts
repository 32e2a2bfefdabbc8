/** The README tells what is there: its programs run, its links lead somewhere, and it names every function. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as millrace from 'millrace'
import { describe, expect, test } from 'vitest'
import { runNode } from '../support/runNode.js'
import { loadTfjsNode } from '../support/tfjs.js'
import { readmePrograms } from './blocks.js'
import { projectFolder } from './projectFolder.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const programs = readmePrograms()

/** A program may begin with its name, so that another one can import it. */
const nameOf = (code: string, i: number): string => /^\/\/ (\S+\.js)\n/.exec(code)?.[1] ?? `program-${i}.js`

describe('programs of the README', () => {
  test('are there', () => {
    expect(programs.length).toBeGreaterThan(6)
  })

  test.for(programs.map((program, i) => [program.place, i] as const))('%s', async ([, i]) => {
    const folder = projectFolder()
    const { tf } = await loadTfjsNode()
    for (const [k, { code }] of programs.entries()) {
      const usable = tf === undefined ? code.replace('@tensorflow/tfjs-node', '@tensorflow/tfjs') : code
      writeFileSync(`${folder}/${nameOf(code, k)}`, usable)
    }
    const { code } = programs[i]!
    const printed = await runNode(`${folder}/${nameOf(code, i)}`, [], folder) // some write files where they run
    if (code.includes('console.log(')) expect(printed).not.toBe('')
  })
})

test('the README names every function', () => {
  const text = readFileSync(`${root}README.md`, 'utf8')
  const functions = Object.keys(millrace).filter(name => /^[a-z]/.test(name))
  expect(functions.filter(name => !text.includes(`\`${name}`))).toEqual([])
})

test('links lead to files', () => {
  const pages = readdirSync(root).filter(name => name.endsWith('.md'))
  expect(pages).toEqual(expect.arrayContaining(['CHANGELOG.md', 'CONTRIBUTING.md', 'README.md']))
  const links = pages.flatMap(page => [...readFileSync(`${root}${page}`, 'utf8').matchAll(/\]\(([^)#]+)/g)])
  const files = links.map(([, target]) => target!).filter(target => !/^https?:/.test(target))
  expect(files.length).toBeGreaterThan(20)
  expect(files.filter(file => !existsSync(`${root}${file}`))).toEqual([])
})
