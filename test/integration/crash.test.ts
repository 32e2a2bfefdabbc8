/** A process that is killed at any time, and begun again from the last cursor, makes what one makes that is not. */
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Rng } from 'millrace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rngKey } from '#dist/random/rng.js'
import { temporaryFolder, writePhotos } from '../engine/support.js'
import { runNode } from '../support/runNode.js'

const KILLS = 20
const program = join(import.meta.dirname, '../fixtures/programs/resumable.mjs')
const millrace = join(import.meta.dirname, '../../dist/cli/main.js')

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(at('data/photos'), 24)
  const names = (await readdir(at('data/photos'), { recursive: true })).filter(name => name.includes('.')).sort()
  const rows = names.map((name, i) => `photos/${name},${i % 3 ? 'cat' : 'dog'}`)
  await writeFile(at('data/list.csv'), `path,label\n${rows.join('\n')}\n`)
  await runNode(millrace, ['pack', at('data/photos'), at('data/shards'), '--shard-size', '20kB'])
  expect((await readdir(at('data/shards'))).filter(name => name.endsWith('.tar')).length).toBeGreaterThan(1)
})
afterAll(() => folder.remove())

/** Runs the program until it has printed so many lines, then kills it; gives what it ended with, and all it printed. */
function start(
  states: string,
  workers: number,
  batches: number
): Promise<{ ended: string | number | null; printed: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, at('data'), states, String(workers)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let printed = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text.split('\n').length - 1
      if (printed >= batches) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ ended: signal ?? code, printed }))
  })
}

/** What became of each pipeline, by its name. */
async function logs(states: string): Promise<Record<string, string[]>> {
  const names = (await readdir(states)).filter(name => name.endsWith('.log')).sort()
  const texts = await Promise.all(names.map(name => readFile(join(states, name), 'utf8')))
  return Object.fromEntries(names.map((name, i) => [name, texts[i]!.trimEnd().split('\n')]))
}

test(`${KILLS} times, at random batches: every stream goes on byte for byte`, { timeout: 480_000 }, async () => {
  await mkdir(at('whole'))
  await mkdir(at('killed'))
  expect((await start(at('whole'), 1, Infinity)).ended).toBe(0)
  const rng = new Rng().reset(rngKey(1, 'test', 'kills', 0), 0, 0)
  for (let kill = 0; kill < KILLS; kill++)
    expect((await start(at('killed'), [0, 1, 0, 2][kill % 4]!, 1 + rng.int(40))).ended).toBe('SIGKILL')
  const states = (await readdir(at('killed'))).filter(name => name.endsWith('.json'))
  expect(states.length).toBeGreaterThanOrEqual(15)
  for (const name of states) {
    const { done, cursor } = JSON.parse(await readFile(join(at('killed'), name), 'utf8'))
    expect(done).toBeGreaterThan(10)
    expect(JSON.stringify(cursor).length).toBeLessThan(2048)
  }
  const { ended, printed } = await start(at('killed'), 2, Infinity)
  expect(ended).toBe(0)
  expect(printed).toBeGreaterThan(100) // so there was something left when it was killed for the last time
  const whole = await logs(at('whole'))
  for (const lines of Object.values(whole)) expect(new Set(lines).size).toBe(lines.length)
  expect(await logs(at('killed'))).toEqual(whole)
})
