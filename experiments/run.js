/** One run: a configuration and a seed, from the first step or from its checkpoint, to its result. */
import { access } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { cifar10, trainStep } from 'millrace'
import { lastValueFrom, takeWhile } from 'rxjs'
import { readCheckpoint, restore, writeCheckpoint } from '../examples/demo/checkpoint.js'
import { createLearner } from './learner.js'
import { errorOf, trainingBatches } from './pipelines.js'
import { learningRate, pace } from './settings.js'

/**
 * Trains a configuration. The checkpoint at `path` is written after each epoch, and when `shouldStop()` is true after a
 * step; a run that finds one there goes on with the very next batch. Resolves to the result, or to `undefined` where it
 * was stopped.
 */
export async function trainRun(
  tf,
  { configuration, seed, settings, path, workers, onEpoch, shouldStop = () => false }
) {
  const learner = createLearner(tf, configuration, seed)
  const evaluate = limit => errorOf(tf, learner.classifier, { configuration, settings, limit, workers })
  try {
    const { batch, epochs } = pace(configuration, settings)
    const { size } = await cifar10({ subset: [0, settings.share] }).info()
    const total = Math.floor(size / batch) * epochs
    const saved = await savedRun(path, settings)
    if (saved !== undefined) await restore(tf, learner.weights, saved)
    let { state, cursor } = saved ?? {
      state: { step: 0, epoch: NOTHING, history: [], busyMs: 0, waitedMs: 0, uploadMs: 0 }
    }
    const arrivals = []
    let free = performance.now()

    const step = async one => {
      const started = performance.now()
      const rate = learningRate(settings, state.step / total)
      const { loss, wrong } = await learner.step(one, state.step, rate)
      const ended = performance.now()
      state = { ...state, step: state.step + 1, epoch: added(state.epoch, { loss, wrong, images: one.xs.shape[0] }) }
      // What is between two steps: waiting until the batch is made, then making a tensor of it, on this thread.
      const waited = Math.max(0, arrivals.shift() - free)
      state.waitedMs += waited
      state.uploadMs += started - free - waited
      state.busyMs += ended - started
      cursor = one.cursor
      if (one.last) {
        const due = (one.epoch + 1) % settings.testEvery === 0 || state.step === total
        const testError = due ? await evaluate(settings.testImages) : undefined
        const { images, loss, wrong } = state.epoch
        const entry = { epoch: one.epoch + 1, loss: loss / images, trainError: orNothing(wrong / images), testError }
        state = { ...state, epoch: NOTHING, history: [...state.history, entry] }
        onEpoch?.({ ...entry, epochs, busyMs: state.busyMs })
      }
      const stopping = shouldStop()
      if (one.last || stopping) await writeCheckpoint(tf, path, learner.weights, { settings, state, cursor })
      free = performance.now()
      return stopping
    }
    if (state.step < total) {
      const onArrival = () => arrivals.push(performance.now())
      const batches = trainingBatches(tf, { configuration, seed, settings, cursor, workers, onArrival })
      const stopped = await lastValueFrom(
        batches.pipe(
          trainStep(step),
          takeWhile(stopping => !stopping, true)
        )
      )
      if (stopped && state.step < total) return undefined
    }
    const { busyMs, waitedMs, uploadMs } = state
    const trainedMs = busyMs + waitedMs + uploadMs
    return {
      id: configuration.id,
      seed,
      settings,
      parameters: learner.classifier.countParams(),
      trainingImages: size,
      steps: total,
      testError: await evaluate(settings.finalImages),
      trainError: await evaluate(),
      seconds: trainedMs / 1000,
      waitedShare: waitedMs / trainedMs,
      uploadShare: uploadMs / trainedMs,
      history: state.history
    }
  } finally {
    learner.dispose()
  }
}

/** Puts the weights of a finished run into a network of the same layers, such as one for larger images. */
export async function loadWeights(tf, model, path) {
  const optimizer = tf.train.momentum(0.1, 0.9, true)
  await restore(tf, { model, optimizer }, await readCheckpoint(path))
  optimizer.dispose()
}

/** Sums over the epoch so far. */
const NOTHING = { images: 0, loss: 0, wrong: 0 }

function added(sums, { images, loss, wrong }) {
  return { images: sums.images + images, loss: sums.loss + loss * images, wrong: sums.wrong + (wrong ?? Number.NaN) }
}

/** JSON has no NaN. */
function orNothing(value) {
  return Number.isNaN(value) ? undefined : value
}

/** A checkpoint of other settings is of another experiment, and is written over. */
async function savedRun(path, settings) {
  const missing = await access(path).then(
    () => false,
    () => true
  )
  if (missing) return undefined
  const saved = await readCheckpoint(path)
  return isDeepStrictEqual(saved.settings, settings) ? saved : undefined
}
