// The same training loop, fed by Millrace and fed by ten batches that lie on the device already, in turns.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  batch,
  cifar10,
  cutMix,
  cutout,
  forEachBatch,
  monitor,
  normalize,
  prefetch,
  randomCrop,
  randomFlip,
  toAsyncIterable,
  toTensors,
  trainStep
} from 'millrace'
import { lastValueFrom, take, toArray } from 'rxjs'
import { median } from '../runCase.js'
import { loadTf } from './tfjsData.js'

const BATCH = 64

export const plans = () =>
  cifar10({ split: 'train', seed: 1, shuffle: true, epochs: Infinity }).pipe(
    randomCrop(32, { padding: 4 }),
    randomFlip(),
    cutout(),
    batch(BATCH),
    cutMix(),
    normalize()
  )

/**
 * Step rate under Millrace as a share of that under cached batches, of a convolutional network (`heavy`), whose step takes
 * longer than loading, or of one layer, whose step is nearly nothing; who waited, and for what.
 */
export async function headspace({ heavy, ...options }) {
  const tf = await loadTf()
  const model = heavy ? convolutional(tf) : dense(tf)
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' })
  return besideCached(tf, { plans, step: ({ xs, ys }) => model.trainOnBatch(xs, ys), ...options })
}

/** The same for any step and any endless stream of plans. */
export async function besideCached(tf, { plans, step, steps, rounds, workers }) {
  const cached = await lastValueFrom(plans().pipe(take(10), toTensors(tf, { keep: true }), toArray()))
  const tensors = source => source.pipe(prefetch(4, { workers }), toTensors(tf, { ahead: 1 }))
  const stream = toAsyncIterable(tensors(plans()))[Symbol.asyncIterator]()
  const turn = () => new Promise(resolve => setImmediate(resolve)) // cached batches alone would never give way to others
  const next = { cached: i => cached[i % 10], millrace: async () => (await stream.next()).value }
  const ratios = []
  const rates = { cached: [], millrace: [] }
  for (let round = 0; round <= rounds; round++) {
    // The pipeline has filled up while the other loop ran: steps that take that away do not count, here and there.
    for (const name of ['cached', 'millrace']) {
      const run = async count => {
        for (let i = 0; i < count; i++) {
          await step(await next[name](i))
          await turn()
        }
      }
      await run(8)
      const start = performance.now()
      await run(steps)
      rates[name].push((steps / (performance.now() - start)) * 1000)
    }
    ratios.push(rates.millrace.at(-1) / rates.cached.at(-1))
  }
  await stream.return()
  for (const values of [ratios, rates.cached, rates.millrace]) values.shift() // the warm-up
  const [ratio, cachedRate, rate] = [ratios, rates.cached, rates.millrace].map(median)
  let report
  const reported = tensors(plans().pipe(take(steps))).pipe(monitor(r => (report = r), { everyMs: 2 ** 31 - 1 }))
  await lastValueFrom(reported.pipe(trainStep(step)))
  const { waitedShare, bottleneck } = report
  return { ratio, least: Math.min(...ratios), most: Math.max(...ratios), cachedRate, rate, waitedShare, bottleneck }
}

/**
 * Milliseconds for which the event loop was held up at most, and by 99 of 100 turns, while batches were made, uploaded and
 * used by a step that only waits; beside the same with no pipeline.
 */
export async function held({ batches, workers }) {
  const tf = await loadTf()
  const wait = () => new Promise(resolve => setTimeout(resolve, 20))
  const source = () => plans().pipe(take(batches), prefetch(4, { workers }), toTensors(tf))
  await forEachBatch(source(), wait)
  const busy = await delay(() => lastValueFrom(source().pipe(trainStep(wait))))
  const idle = await delay(async () => {
    for (let i = 0; i < batches; i++) await wait()
  })
  return { busy, idle }
}

async function delay(run) {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await run()
  histogram.disable()
  return { most: histogram.max / 1e6, p99: histogram.percentile(99) / 1e6 }
}

export function convolutional(tf) {
  const convolution = (filters, options = {}) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options })
  return tf.sequential({
    layers: [
      convolution(32, { inputShape: [32, 32, 3] }),
      convolution(64, { strides: 2 }),
      convolution(64),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: 10, activation: 'softmax' })
    ]
  })
}

function dense(tf) {
  const layers = [tf.layers.flatten({ inputShape: [32, 32, 3] }), tf.layers.dense({ units: 10, activation: 'softmax' })]
  return tf.sequential({ layers })
}
