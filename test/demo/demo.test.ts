/** The demo from the command line, with the small model on pure tfjs, so that it needs nothing but npm. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cifar10 } from 'millrace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../examples/demo/checkpoint.js'
import { whyMissing } from '../sources/whyMissing.js'
import { loadTfjsCpu } from '../support/tfjs.js'

const main = fileURLToPath(new URL('../../examples/demo/main.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs the demo; `onOutput` may act on what it has printed so far. */
async function demo(
  args: readonly string[],
  onOutput?: (output: string, interrupt: () => void) => void
): Promise<Ended> {
  const child = spawn(process.execPath, [main, '--backend', 'cpu', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text
      onOutput?.(output, () => child.kill('SIGINT'))
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

const tf = await loadTfjsCpu()
const reason = await whyMissing(cifar10({ split: 'train' }))

describe.skipIf(reason !== '')(`demo ${reason}`, () => {
  let out: string
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'millrace-demo-'))
  })
  afterAll(() => rm(out, { recursive: true }))

  test('says how far it is, and ends with accuracy, contact sheet and bottleneck', async () => {
    const { code, output } = await demo(['--steps', '4', '--out', join(out, 'short')])
    expect(code, output).toBe(0)
    expect(output).toMatch(/100 % epoch 1\/2, loss \d\.\d+/)
    expect(output).toMatch(/test accuracy: \d+\.\d %/)
    expect(output).toMatch(/bottleneck: \w+/)
    expect((await readdir(join(out, 'short'))).sort()).toEqual(['checkpoint.bin', 'what-the-model-saw.png'])
  })

  test('resumes model, optimizer and cursor: the run in two parts ends where the run in one ends', async () => {
    const [whole, parts] = [join(out, 'whole'), join(out, 'parts')]
    await demo(['--steps', '6', '--seed', '5', '--out', whole])
    await demo(['--steps', '2', '--seed', '5', '--out', parts, '--workers', '0'])
    const resumed = await demo(['--steps', '4', '--resume', '--out', parts])
    expect(resumed.code, resumed.output).toBe(0)
    const [a, b] = await Promise.all([whole, parts].map(folder => readCheckpoint(join(folder, 'checkpoint.bin'))))
    expect({ ...b, data: undefined }).toEqual({ ...a, data: undefined })
    // Adam's powers of beta are computed anew, so its last bits may differ.
    expect(b!.data.length).toBe(a!.data.length)
    const [tensorsA, tensorsB] = [a!, b!].map(({ data, specs }) =>
      tf.io.decodeWeights(Uint8Array.from(data).buffer, specs)
    )
    for (const [name, tensor] of Object.entries(tensorsA!)) {
      const difference = tf.max(tf.abs(tf.sub(tensor, tensorsB![name]!))).dataSync()[0]
      expect(difference, name).toBeLessThan(1e-6)
    }
  })

  test('saves on Ctrl-C, says how to go on, and does', async () => {
    const folder = join(out, 'stopped')
    let interrupted = false
    const { code, output } = await demo(['--out', folder], (soFar, interrupt) => {
      if (interrupted || !soFar.includes('loss')) return
      interrupted = true
      interrupt()
    })
    expect(code, output).toBe(130)
    expect(output).toMatch(/stopped after step \d+ and saved\. Go on with: npm run demo -- --resume/)
    expect((await demo(['--resume', '--steps', '1', '--out', folder])).code).toBe(0)
  })

  test('says what is wrong with options and checkpoints', async () => {
    expect((await demo(['--epochs', 'many'])).output).toMatch(
      /--epochs must be a whole number of at least 1, but is "many"/
    )
    expect((await demo(['--epoch', '1'])).output).toMatch(/--epoch'/)
    expect((await demo(['--resume', '--out', join(out, 'none')])).output).toMatch(
      /There is no checkpoint to resume from/
    )
    await writeFile(join(out, 'checkpoint.bin'), 'something else')
    const { code, output } = await demo(['--resume', '--out', out])
    expect([code, output]).toEqual([1, expect.stringMatching(/is no checkpoint of this demo/)])
  })
})
