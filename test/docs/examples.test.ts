/** The examples in the doc comments are programs that fit the library as it is. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as millrace from 'millrace'
import { expect, test } from 'vitest'
import { exampleBlocks } from './blocks.js'
import { projectFolder } from './projectFolder.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** TypeScript's messages about these programs, each with the place that its line comes from. */
function typeErrors(programs: readonly { place: string; code: string }[]): string[] {
  const folder = projectFolder()
  const write = (name: string, text: string): void => writeFileSync(`${folder}/${name}`, text)
  for (const [i, { code }] of programs.entries()) write(`program-${i}.ts`, code)
  write('tfjs-node.d.ts', "declare module '@tensorflow/tfjs-node' {\n  export * from '@tensorflow/tfjs'\n}\n")
  const compilerOptions = { noEmit: true, declaration: false, declarationMap: false, isolatedDeclarations: false }
  write('tsconfig.json', JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['.'] }))
  const compiler = `${root}node_modules/typescript/bin/tsc`
  const args = [compiler, '-p', folder, '--pretty', 'false']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const lines = `${stdout}${stderr}`.split('\n').filter(line => line !== '')
  return lines.map(line => line.replace(/program-(\d+)\.ts/, (_, i) => programs[i]!.place))
}

test('every @example compiles', () => {
  const blocks = exampleBlocks()
  expect(blocks.length).toBeGreaterThan(25)
  expect(typeErrors(blocks)).toEqual([])
})

test('every exported function has one', () => {
  const shown = exampleBlocks().flatMap(
    ({ code }) => /import \{ (.*) \} from 'millrace'/.exec(code)?.[1]?.split(', ') ?? []
  )
  const functions = Object.keys(millrace).filter(name => /^[a-z]/.test(name))
  expect(functions.filter(name => !shown.includes(name))).toEqual([])
})

test('an example that does not fit is found', () => {
  const [error, ...others] = typeErrors([{ place: 'here', code: "import { cutout } from 'millrace'\ncutout(16)\n" }])
  expect(error).toMatch(/^here\(2,8\): error TS2559/)
  expect(others).toEqual([])
})
