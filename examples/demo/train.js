import { join } from 'node:path'
import {
  batch,
  cifar10,
  contactSheet,
  cutMix,
  cutout,
  monitor,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  toTensors,
  trainStep
} from 'millrace'
import { lastValueFrom, takeWhile, tap } from 'rxjs'
import { restore, writeCheckpoint } from './checkpoint.js'
import { learningRate } from './model.js'
import { TrainingProgress } from './progress.js'

const BATCH = 128

/** Trains to the end of the run, or until somebody stops it; saves after each epoch and when it stops. */
export async function train({ net, tf, full, checkpoint, seed, workers, folder, steps, epochs }) {
  const { model, optimizer } = net
  if (checkpoint !== undefined) await restore(tf, net, checkpoint)
  const source =
    checkpoint === undefined ? { seed, shuffle: true, subset: full ? [0, 1] : [0, 0.2] } : { resume: checkpoint.cursor }
  const images = cifar10({ split: 'train', epochs, ...source })
  const info = await images.info()
  const stepsAnEpoch = Math.ceil(info.size / BATCH)
  const total = epochs * stepsAnEpoch
  const first = checkpoint?.step ?? 0
  if (first >= total) throw new Error(`The checkpoint is at the end of its ${epochs} epochs. Give more with --epochs.`)
  const end = Math.min(total, first + (steps ?? total))
  const path = join(folder, 'checkpoint.bin')
  const sheet = join(folder, 'what-the-model-saw.png')
  const progress = new TrainingProgress({ first, end, epochs, stepsAnEpoch })
  const stop = stopOnInterrupt()
  const save = ({ step, cursor }) =>
    writeCheckpoint(tf, path, net, { step, epochs, cursor, seed: info.seed, backend: full ? 'tensorflow' : 'cpu' })

  let step = first
  let bottleneck = ''
  const results = images.pipe(
    randomCrop(32, { padding: 4 }),
    randomFlip(),
    cutout({ size: 8 }),
    batch(BATCH),
    cutMix({ p: 0.5 }),
    normalize(),
    prefetch(4, { workers }),
    contactSheet(sheet, { batches: 2, maxImages: 24 }),
    toTensors(tf),
    monitor(report => {
      progress.speed(report)
      bottleneck = report.bottleneck
    }),
    trainStep(async ({ xs, ys, epoch, last, cursor }) => {
      optimizer.learningRate = learningRate(step / total)
      const loss = await model.trainOnBatch(xs, ys)
      const done = { step: ++step, loss, epoch, cursor }
      if (last) await save(done)
      return done
    }),
    tap(done => progress.step(done)),
    takeWhile(done => done.step < end && !stop.asked(), true)
  )
  const last = await lastValueFrom(results)
  progress.end()
  stop.forget()
  if (last.step === total) return { bottleneck, sheet }
  await save(last)
  return stop.asked() ? { stopped: last.step } : { bottleneck, sheet }
}

/** The first Ctrl-C lets the step end, and saves; the second one ends everything at once. */
function stopOnInterrupt() {
  let asked = false
  const onInterrupt = () => {
    if (asked) process.exit(130)
    asked = true
    process.stderr.write('\nstopping after this step (Ctrl-C again: at once)\n')
  }
  process.on('SIGINT', onInterrupt)
  return { asked: () => asked, forget: () => process.off('SIGINT', onInterrupt) }
}
