// Makes tfjs-node work in this project. It is no dependency, because its install fails as a whole wherever its own
// download is not possible; so it is put in place by hand, and kept in a cache for the next time that npm removes it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whyNotWorking } from './check.mjs'
import { RECIPE, TFJS_VERSION } from './facts.mjs'
import { withLock } from './lock.mjs'
import { installOrdinarily } from './ordinary.mjs'
import { fetchPackage, restoreManifest } from './package.mjs'
import { checkTfjs, packageFolder, place } from './place.mjs'
import { buildFromWheel } from './recipe.mjs'
import { isInstalled, SetupError } from './run.mjs'

const project = fileURLToPath(new URL('../../', import.meta.url))
const name = `tfjs-node ${TFJS_VERSION}`

/**
 * Makes sure that @tensorflow/tfjs-node loads and computes. Gives `{ ok, reason }`: one line on what was done, or on
 * what is missing and what to do. `onProgress(line)` hears of each step; without it, the lines go to stderr, unless
 * `quiet`. Throws only where `signal` says stop.
 *
 * @param {{
 *   quiet?: boolean, onProgress?: (line: string) => void, signal?: AbortSignal, root?: string, cache?: string
 * }} [options]
 * @returns {Promise<{ ok: boolean, reason: string }>}
 */
export async function setupTfjsNode({ quiet = false, onProgress, signal, root = project, cache = cacheFolder() } = {}) {
  const say = onProgress ?? (quiet ? () => {} : line => process.stderr.write(`[tfjs-node] ${line}\n`))
  try {
    return { ok: true, reason: await setUp({ root, cache, say, signal }) }
  } catch (error) {
    signal?.throwIfAborted()
    return { ok: false, reason: `${name} is not available: ${error.message}` }
  }
}

/** Where built packages are kept. */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace')
}

async function setUp({ root, cache, say, signal }) {
  if ((await whyNotWorking(packageFolder(root), { quick: true, signal })) === undefined) return `${name} works already`
  checkTfjs(root)
  const onWait = () => say('another process is at it: waiting')
  return withLock(lockFile(cache), () => install({ root, cache, say, signal }), { onWait, signal })
}

async function install({ root, cache, say, signal }) {
  const target = packageFolder(root)
  if ((await whyNotWorking(target, { signal })) === undefined) return `${name} works`

  const kept = join(cache, `tfjs-node-${TFJS_VERSION}-${process.platform}-${process.arch}-${RECIPE}`)
  if (existsSync(kept)) {
    place(kept, root)
    if ((await whyNotWorking(target, { signal })) === undefined) return `${name} works, taken from ${kept}`
    rmSync(kept, { recursive: true, force: true })
  }
  const how = await build(kept, { root, cache, say, signal })
  place(kept, root)
  const problem = await whyNotWorking(target, { signal })
  if (problem === undefined) return `${name} works, ${how}`
  throw new SetupError(problem)
}

function lockFile(cache) {
  try {
    mkdirSync(cache, { recursive: true })
    return join(cache, 'tfjs-node.lock')
  } catch (error) {
    throw new SetupError(`the cache folder cannot be made (${error.message}): set XDG_CACHE_HOME to one that can`)
  }
}

async function build(kept, { root, cache, say, signal }) {
  for (const tool of process.platform === 'win32' ? ['npm', 'tar'] : ['npm', 'tar', 'gzip']) {
    if (!isInstalled(tool)) throw new SetupError(`${tool} is not on the PATH: install it and try again`)
  }
  const stage = makeStage(cache)
  const modules = join(root, 'node_modules')
  try {
    say(`fetching ${name} from npm; this is done once, and kept in ${cache}`)
    const folder = await fetchPackage(stage, { signal })
    const how = await makeBinding(folder, stage, { modules, say, signal })
    restoreManifest(stage)
    say('putting it in place')
    renameSync(folder, kept)
    return how
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** The ordinary way, or else the recipe; either counts only if the result computes. */
async function makeBinding(folder, stage, { modules, say, signal }) {
  let obstacle
  try {
    say('running its own install script, which downloads libtensorflow (some 100 MB)')
    await installOrdinarily(folder, { signal })
    obstacle = await whyNotWorking(folder, { modules, signal })
    if (obstacle === undefined) return 'installed in the ordinary way'
  } catch (error) {
    signal?.throwIfAborted()
    obstacle = error.message
  }
  say(`that is not possible here: ${obstacle}`)
  try {
    await buildFromWheel(folder, stage, { say, signal })
    const problem = await whyNotWorking(folder, { modules, signal })
    if (problem === undefined) return 'built from the libtensorflow of PyPI'
    throw new SetupError(problem)
  } catch (error) {
    signal?.throwIfAborted()
    throw new SetupError(`${obstacle}; ${error.message}`)
  }
}

/** A folder of this process alone, beside the place that its result is renamed to. */
function makeStage(cache) {
  for (const left of readdirSync(cache).filter(entry => entry.startsWith('tmp-'))) {
    rmSync(join(cache, left), { recursive: true, force: true }) // of a process that was killed: the lock is ours
  }
  return mkdtempSync(join(cache, 'tmp-'))
}
