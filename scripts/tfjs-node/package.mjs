// The package itself, from npm: its JavaScript, the sources of its binding and what it depends on.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TFJS_VERSION } from './facts.mjs'
import { run } from './run.mjs'

const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']

/** Fetches the package into `stage`, runs no script of it, and gives its folder. */
export async function fetchPackage(stage, { signal } = {}) {
  const what = `npm could not fetch @tensorflow/tfjs-node ${TFJS_VERSION}`
  const npm = (args, cwd) => run('npm', [...args, ...quiet], { what, cwd, signal })
  const packed = await npm(['pack', '--silent', `@tensorflow/tfjs-node@${TFJS_VERSION}`], stage)
  await run('tar', ['-xzf', packed.split('\n').at(-1).trim()], { cwd: stage, signal })

  const folder = join(stage, 'package')
  const manifest = join(folder, 'package.json')
  cpSync(manifest, join(stage, 'package.json.orig'))
  writeFileSync(manifest, withoutTfjs(readFileSync(manifest, 'utf8')))
  await npm(['install', '--ignore-scripts', '--omit=dev', '--no-package-lock'], folder)
  return folder
}

/** Gives the package its own package.json again. */
export function restoreManifest(stage) {
  cpSync(join(stage, 'package.json.orig'), join(stage, 'package', 'package.json'))
}

/** All dependencies go into the package's own folder, save tfjs, of which the project has the one copy. */
function withoutTfjs(manifest) {
  const facts = JSON.parse(manifest)
  delete facts.devDependencies
  delete facts.dependencies['@tensorflow/tfjs']
  return JSON.stringify(facts, null, 2)
}
