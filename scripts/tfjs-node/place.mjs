// Puts the built package from the cache into the project's node_modules.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import { join } from 'node:path'
import { TFJS_VERSION } from './facts.mjs'
import { SetupError } from './run.mjs'

/** Where the package belongs in a project. */
export function packageFolder(root) {
  return join(root, 'node_modules', '@tensorflow', 'tfjs-node')
}

/** The tfjs that tfjs-node is to share with the project must be there, and fit. */
export function checkTfjs(root) {
  const file = join(root, 'node_modules', '@tensorflow', 'tfjs', 'package.json')
  if (!existsSync(file)) throw new SetupError('@tensorflow/tfjs is not installed: run npm ci first')
  const { version } = JSON.parse(readFileSync(file, 'utf8'))
  if (version === TFJS_VERSION) return
  throw new SetupError(`@tensorflow/tfjs is ${version}, but tfjs-node ${TFJS_VERSION} needs ${TFJS_VERSION} of it`)
}

/**
 * Copies the package, because a linked one would look for @tensorflow/tfjs beside the link's target. Only the
 * libraries, hundreds of megabytes, stay in the cache, behind a link.
 */
export function place(kept, root) {
  const target = packageFolder(root)
  const parent = join(target, '..')
  mkdirSync(parent, { recursive: true })
  const made = mkdtempSync(join(parent, '.tfjs-node-'))
  try {
    const libraries = join(kept, 'deps')
    cpSync(kept, made, { recursive: true, verbatimSymlinks: true, filter: source => source !== libraries })
    symlinkSync(libraries, join(made, 'deps'), 'junction')
    replace(made, target)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function replace(made, target) {
  const old = mkdtempSync(join(target, '..', '.tfjs-node-'))
  try {
    if (lstatSync(target, { throwIfNoEntry: false })) renameSync(target, join(old, 'package'))
    renameSync(made, target)
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}
