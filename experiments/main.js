// npm run experiments: the article's techniques, compared on CIFAR-10. matrix.js says what is compared.
import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { showDownload } from '../examples/demo/progress.js'
import { loadBackend } from '../examples/demo/tensorflow.js'
import { measureHeatMaps } from './heatMaps.js'
import { HEAT_MAPS } from './matrix.js'
import { options } from './options.js'
import { Progress } from './progress.js'
import { report } from './report/report.js'
import { places, readResults, writeResult } from './results.js'
import { trainRun } from './run.js'
import { profiles } from './settings.js'

/** What a shell expects of a program that was stopped by Ctrl-C. */
const INTERRUPTED = 130

try {
  process.exitCode = await main(options(process.argv.slice(2)))
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}

async function main({ profile, seeds, configurations, workers, report: only }) {
  const settings = profiles[profile]
  const { checkpoint, results, docs } = places(profile)
  if (!only) {
    const { tf } = await loadBackend('tensorflow')
    await showDownload()
    const stop = stopOnInterrupt()
    const shouldStop = stop.asked
    // Seed by seed, so that an early end leaves whole comparisons.
    const all = Array.from({ length: seeds }, (_, i) => i + 1).map(seed =>
      configurations.map(configuration => ({ configuration, seed }))
    )
    const isDone = await findDone({ settings, checkpoint, results })
    const wanted = all.map(ofSeed => ofSeed.filter(run => !isDone(run)))
    const progress = new Progress(wanted.flat())
    let number = 0
    for (const [i, ofSeed] of wanted.entries()) {
      for (const { configuration, seed } of ofSeed) {
        const run = { configuration, seed, number: ++number }
        let from // share of the run that an earlier call has done
        const onEpoch = now => {
          from ??= (now.epoch - 1) / now.epochs
          progress.epoch(run, { ...now, from })
        }
        const path = checkpoint(configuration.id, seed)
        const result = await trainRun(tf, { configuration, seed, settings, path, workers, onEpoch, shouldStop })
        if (result === undefined) {
          console.log('stopped and saved. The same command goes on with the next batch.')
          return INTERRUPTED
        }
        await writeResult(results, `${configuration.id}-${seed}`, result)
        progress.end(run, result, from ?? 1)
        if (stop.asked()) return INTERRUPTED
      }
      await compareHeatMaps({ tf, seed: i + 1, settings, checkpoint, results, workers })
      await report({ results, docs, settings, seeds })
    }
    stop.forget()
  }
  const { written, missing } = await report({ results, docs, settings, seeds })
  console.log(`${missing === 0 ? '' : `${missing} runs are missing. `}The report: ${written}`)
  return 0
}

/** What has its result already; where heat maps are still to be made, its weights too. */
async function findDone({ settings, checkpoint, results }) {
  const { runs, heatMaps } = await readResults(results)
  const same = one => isDeepStrictEqual(one.settings, settings)
  const done = new Set()
  for (const { id, seed } of runs.filter(same)) {
    const needed = HEAT_MAPS.includes(id) && !heatMaps.some(one => one.seed === seed && same(one))
    if (!needed || existsSync(checkpoint(id, seed))) done.add(`${id} ${seed}`)
  }
  return ({ configuration, seed }) => done.has(`${configuration.id} ${seed}`)
}

/** Where all its networks are there. */
async function compareHeatMaps({ tf, seed, settings, checkpoint, results, workers }) {
  const networks = HEAT_MAPS.map(id => ({ id, path: checkpoint(id, seed) }))
  const { runs, heatMaps } = await readResults(results)
  const same = ({ settings: theirs }) => isDeepStrictEqual(theirs, settings)
  const trained = id => runs.some(run => run.id === id && run.seed === seed && same(run))
  if (!HEAT_MAPS.every(trained) || heatMaps.some(one => one.seed === seed && same(one))) return
  if (!networks.every(({ path }) => existsSync(path))) return
  await writeResult(results, `heatMaps-${seed}`, await measureHeatMaps(tf, { networks, seed, settings, workers }))
}

/** The first Ctrl-C lets the step end, and saves; the second one ends everything at once. */
function stopOnInterrupt() {
  let asked = false
  const onInterrupt = () => {
    if (asked) process.exit(INTERRUPTED)
    asked = true
    process.stderr.write('\nstopping after this step (Ctrl-C again: at once)\n')
  }
  process.on('SIGINT', onInterrupt)
  return { asked: () => asked, forget: () => process.off('SIGINT', onInterrupt) }
}
