import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeApi, TFJS_VERSION } from '../../scripts/tfjs-node/facts.mjs'
import { withLock } from '../../scripts/tfjs-node/lock.mjs'
import { downloadHost } from '../../scripts/tfjs-node/ordinary.mjs'
import { place } from '../../scripts/tfjs-node/place.mjs'
import { checkTools } from '../../scripts/tfjs-node/recipe.mjs'
import { isInstalled, tellingLine } from '../../scripts/tfjs-node/run.mjs'
import { setupTfjsNode } from '../../scripts/tfjs-node/setup.mjs'
import { loadTfjsNode } from '../support/tfjs.js'

const { tf, reason } = await loadTfjsNode()

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-setup-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A project of its own with the scripts and, in name, a tfjs. */
function makeProject(tfjsVersion?: string): void {
  cpSync('scripts', join(folder, 'scripts'), { recursive: true })
  if (tfjsVersion === undefined) return
  const tfjs = join(folder, 'node_modules', '@tensorflow', 'tfjs')
  mkdirSync(tfjs, { recursive: true })
  writeFileSync(join(tfjs, 'package.json'), JSON.stringify({ version: tfjsVersion }))
}

function runSetup(...args: string[]): { status: number | null; lines: string[] } {
  const env = { PATH: '', XDG_CACHE_HOME: join(folder, 'cache') }
  const script = join(folder, 'scripts', 'setup-tfjs-node.mjs')
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' })
  expect(stdout).toBe('')
  return { status, lines: stderr.trim().split('\n') }
}

describe('the command', () => {
  it('ends with one line that names what is missing, and a failing exit code', () => {
    makeProject(TFJS_VERSION)
    const { status, lines } = runSetup()
    expect(status).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/is not available: npm is not on the PATH: install it/)])
  })

  it('lets the caller go on with --optional, and still says why', () => {
    makeProject(TFJS_VERSION)
    const { status, lines } = runSetup('--optional', '--quiet')
    expect(status).toBe(0)
    expect(lines).toEqual([expect.stringMatching(/npm is not on the PATH/)])
  })

  it('leaves nothing in the cache when it fails', () => {
    makeProject(TFJS_VERSION)
    runSetup()
    expect(readdirSync(join(folder, 'cache', 'millrace'))).toEqual([])
  })

  it('asks for npm ci where tfjs is absent, and refuses another version of it', () => {
    makeProject()
    expect(runSetup().lines[0]).toMatch(/@tensorflow\/tfjs is not installed: run npm ci first/)
    makeProject('4.0.0')
    expect(runSetup().lines[0]).toMatch(/@tensorflow\/tfjs is 4\.0\.0, but .* needs 4\.22\.0/)
  })
})

describe('the steps', () => {
  it('names every tool that building needs and that is not there', async () => {
    const message = checkTools({ env: { PATH: folder } }).then(
      () => 'nothing is missing',
      (error: Error) => error.message
    )
    if (process.platform !== 'linux') expect(await message).toMatch(/only be built on Linux/)
    else expect(await message).toMatch(/python3 with pip .* and a C\+\+ compiler, c\+\+ .*: install that/)
  })

  it('finds programs on the PATH', () => {
    expect(isInstalled(process.execPath)).toBe(true)
    expect(isInstalled('no-such-program')).toBe(false)
    expect(isInstalled('node', '')).toBe(false)
  })

  it('picks the line of a log that tells why', () => {
    expect(tellingLine('npm warn old\nfoo\nnpm error 404 Not Found: bar\nnpm error A complete log: x\n')).toBe(
      'npm error 404 Not Found: bar'
    )
    expect(tellingLine('a.cc:1:2: fatal error: node_api.h: No such file\ncompilation terminated.')).toMatch(/^a\.cc/)
    expect(tellingLine('one\ntwo\n')).toBe('two')
    expect(tellingLine('')).toBeUndefined()
  })

  it('asks the host that the install script will ask', () => {
    expect(downloadHost({})).toBe('https://storage.googleapis.com/')
    expect(downloadHost({ TFJS_NODE_CDN_STORAGE: 'https://mirror.example/tf/' })).toBe('https://mirror.example/')
  })

  it('takes the newest Node-API that both know', () => {
    const newest = Number(process.versions.napi)
    expect(nodeApi({ binary: { napi_versions: [3, 8, newest + 1] } })).toBe(8)
  })

  it('copies the package but for its libraries, and replaces one that is broken', () => {
    const kept = join(folder, 'kept')
    mkdirSync(join(kept, 'deps', 'lib'), { recursive: true })
    writeFileSync(join(kept, 'package.json'), '{}')
    writeFileSync(join(kept, 'deps', 'lib', 'large'), 'library')
    const target = join(folder, 'node_modules', '@tensorflow', 'tfjs-node')
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'broken'), '')

    place(kept, folder)
    place(kept, folder)
    expect(readdirSync(join(target, '..'))).toEqual(['tfjs-node'])
    expect(readdirSync(target).sort()).toEqual(['deps', 'package.json'])
    expect(readFileSync(join(target, 'deps', 'lib', 'large'), 'utf8')).toBe('library')
    rmSync(target, { recursive: true })
    expect(existsSync(join(kept, 'deps', 'lib', 'large'))).toBe(true)
  })
})

describe('the lock', () => {
  it('lets one in at a time, also after a failure', async () => {
    const file = join(folder, 'a', 'lock')
    const log: string[] = []
    let finish = (): void => {}
    const held = new Promise<void>(resolve => {
      finish = resolve
    })
    const first = withLock(file, async () => {
      log.push('first in')
      await held
      log.push('first out')
      throw new Error('failed')
    })
    const second = withLock(file, async () => log.push('second in'), { onWait: () => finish() })
    await expect(first).rejects.toThrow('failed')
    await second
    expect(log).toEqual(['first in', 'first out', 'second in'])
    expect(existsSync(file)).toBe(false)
  })

  it('passes by a process that died', async () => {
    const file = join(folder, 'lock')
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    writeFileSync(file, String(dead))
    expect(await withLock(file, async () => 'in')).toBe('in')
  })
})

describe.skipIf(tf === undefined)(`tfjs-node${reason && ` (skipped: ${reason})`}`, () => {
  it('is left as it is where it works, in one line', async () => {
    const heard: string[] = []
    const result = await setupTfjsNode({ onProgress: (line: string) => heard.push(line) })
    expect(result).toEqual({ ok: true, reason: `tfjs-node ${TFJS_VERSION} works already` })
    expect(heard).toEqual([])
  })

  it('shares the one tfjs-core of the project', () => {
    const project = createRequire(join(process.cwd(), 'package.json'))
    const inside = createRequire(project.resolve('@tensorflow/tfjs-node/package.json'))
    expect(inside.resolve('@tensorflow/tfjs-core')).toBe(project.resolve('@tensorflow/tfjs-core'))
  })

  it('is put in place again from what is kept', async () => {
    makeProject()
    const project = join(process.cwd(), 'node_modules', '@tensorflow')
    mkdirSync(join(folder, 'node_modules', '@tensorflow'), { recursive: true })
    for (const name of ['tfjs', 'tfjs-core'])
      symlinkSync(join(project, name), join(folder, 'node_modules', '@tensorflow', name))
    const cache = join(folder, 'cache')
    mkdirSync(cache)
    const name = `tfjs-node-${TFJS_VERSION}-${process.platform}-${process.arch}-1`
    cpSync(join(project, 'tfjs-node'), join(cache, name), { recursive: true, verbatimSymlinks: true })

    const first = await setupTfjsNode({ quiet: true, root: folder, cache })
    expect(first).toEqual({ ok: true, reason: expect.stringMatching(/works, taken from/) })
    expect(await setupTfjsNode({ quiet: true, root: folder, cache })).toEqual({
      ok: true,
      reason: expect.stringMatching(/works already/)
    })
  })

  it('trains a convolution', async () => {
    if (tf === undefined) return
    const labels = Array.from({ length: 32 }, (_, i) => i % 2)
    const noise = tf.randomUniform([32, 8, 8, 3], -0.1, 0.1, 'float32', 3)
    const xs = tf.add(noise, tf.reshape(tf.tensor1d(labels.map(label => label - 0.5)), [32, 1, 1, 1]))
    const ys = tf.oneHot(tf.tensor1d(labels, 'int32'), 2)
    const model = tf.sequential()
    const kernelInitializer = tf.initializers.heNormal({ seed: 1 })
    model.add(
      tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 8, kernelSize: 3, activation: 'relu', kernelInitializer })
    )
    model.add(tf.layers.globalAveragePooling2d({}))
    model.add(tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer }))
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' })
    const { history } = await model.fit(xs, ys, { epochs: 30, shuffle: false, verbose: 0 })
    const loss = history.loss as number[]
    expect(tf.getBackend()).toBe('tensorflow')
    expect(loss.at(-1)).toBeLessThan(loss[0]! / 4)
  })
})
