/** Where checkpoints, results and reports are, and how results are kept: a JSON file a run. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The full results are part of the repository; those of small versions are not. */
export function places(profile) {
  const scratch = join(root, 'out/experiments', profile)
  const checkpoint = (id, seed) => join(scratch, 'checkpoints', `${id}-${seed}.bin`)
  return profile === 'full'
    ? { checkpoint, results: join(root, 'experiments/results'), docs: join(root, 'docs') }
    : { checkpoint, results: join(scratch, 'results'), docs: join(scratch, 'docs') }
}

/** Writes a file whole or not at all. */
export async function writeResult(folder, name, value) {
  const path = join(folder, `${name}.json`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.part`, `${JSON.stringify(value, null, 1)}\n`)
  await rename(`${path}.part`, path)
}

/** All results of a folder: those of runs, and those of heat maps. */
export async function readResults(folder) {
  const names = await readdir(folder).catch(() => [])
  const runs = []
  const heatMaps = []
  for (const name of names.filter(name => name.endsWith('.json')).sort()) {
    const value = JSON.parse(await readFile(join(folder, name), 'utf8'))
    if (name.startsWith('heatMaps-')) heatMaps.push(value)
    else runs.push(value)
  }
  return { runs, heatMaps: heatMaps.sort((a, b) => a.seed - b.seed) }
}
