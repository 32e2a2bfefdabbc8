// npm run demo: a convolutional network learns CIFAR-10 from a Millrace pipeline.
import { join } from 'node:path'
import { readCheckpoint } from './checkpoint.js'
import { evaluate } from './evaluate.js'
import { createModel } from './model.js'
import { DEFAULT_FOLDER, options } from './options.js'
import { showDownload } from './progress.js'
import { loadBackend } from './tensorflow.js'
import { train } from './train.js'

/** What a shell expects of a program that was stopped by Ctrl-C. */
const INTERRUPTED = 130

try {
  process.exitCode = await main(options(process.argv.slice(2)))
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}

async function main({ backend, folder, resume, seed, epochs, steps, workers }) {
  const checkpoint = resume ? await readCheckpoint(join(folder, 'checkpoint.bin')) : undefined
  const { tf, full } = await loadBackend(backend ?? checkpoint?.backend)
  await showDownload()

  const net = createModel(tf, { full, seed: checkpoint?.seed ?? seed })
  console.log(
    `${net.description}, ${net.model.countParams().toLocaleString('en')} parameters, on tfjs ${tf.getBackend()}`
  )
  const run = {
    net,
    tf,
    full,
    checkpoint,
    seed,
    workers,
    folder,
    steps,
    epochs: epochs ?? checkpoint?.epochs ?? net.epochs
  }
  const { stopped, bottleneck, sheet } = await train(run)

  if (stopped) {
    const out = folder === DEFAULT_FOLDER ? '' : ` --out ${folder}`
    console.log(`stopped after step ${stopped} and saved. Go on with: npm run demo -- --resume${out}`)
    return INTERRUPTED
  }
  const accuracy = await evaluate({ net, tf, workers, limit: steps === undefined && full ? undefined : 1000 })
  console.log(`test accuracy: ${(accuracy * 100).toFixed(1)} %`)
  if (sheet !== undefined) console.log(`what the model saw: ${sheet}`)
  console.log(`bottleneck: ${bottleneck}`)
  return 0
}
