// npm run bench:webgpu [-- --dir FOLDER --workers N]: what a batch costs on its way to a GPU, and whether a model waits.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { batch, indexed, normalize, randomFlip, randomResizedCrop } from 'millrace'
import { webgpuUploader } from '#dist/sinks/upload/webgpu.js'
import { loadWebGpu } from '../examples/loadWebGpu.ts'
import { besideCached, convolutional, plans } from './cases/headspace.js'
import { jpegFiles } from './files.js'
import { headspaceRow } from './headspaceTable.js'
import { median } from './runCase.js'

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '../shared/data/imagenet-sample' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '10' },
    workers: { type: 'string' }
  }
})
const common = {
  workers: values.workers === undefined ? undefined : Number(values.workers),
  rounds: Number(values.rounds),
  steps: Number(values.steps)
}

const { tf, device } = await loadWebGpu()
console.log(`on ${device}`)

console.log('\nA batch of 64 × 224 × 224 × 3 to the device, until it is normalised there; ways in turns, medians')
console.table(await uploads([64, 224, 224, 3]))

console.log('\nThe same training loop, fed by Millrace and by ten cached batches of 64, in turns')
console.table({ 'CIFAR-10': await trained(plans) })
if (existsSync(values.dir)) console.table({ 'photos at 224': await trained(photos, 7) })
else console.log(`Skipped: photos, because there is no ${values.dir}. Give a folder of JPEG files with --dir.`)
process.exit()

/** Milliseconds of the main thread, and until the device has made the tensor and given back one number of it. */
async function uploads(shape) {
  const length = shape.reduce((product, size) => product * size)
  const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
  const bytes = new Uint8Array(new SharedArrayBuffer(length)).map((_, i) => (i * 7919) % 256)
  const floats = Float32Array.from(bytes, (value, i) => (value / 255 - 0.45) / normalization.std[i % 3])
  const uploader = webgpuUploader(tf, tf.backend())
  const ways = {
    'bytes, normalised by a shader': () => uploader.images({ images: bytes, shape, normalization }),
    'floats, normalised before': () => tf.tensor(floats, shape, 'float32').add(0),
    'bytes as int32, normalised by tfjs': () =>
      tf.tidy(() => tf.tensor(bytes, shape, 'int32').div(255).sub(normalization.mean).div(normalization.std))
  }
  const times = Object.fromEntries(Object.keys(ways).map(name => [name, { main: [], done: [] }]))
  for (let round = 0; round < 30; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now()
      const tensor = way()
      times[name].main.push(performance.now() - start)
      const first = tf.slice(tensor, [0, 0, 0, 0], [1, 1, 1, 1])
      await first.data() // which comes after all that was asked for before
      times[name].done.push(performance.now() - start)
      first.dispose()
      tensor.dispose()
    }
  }
  uploader.close()
  const ms = all => median(all.slice(3)).toFixed(1)
  return Object.fromEntries(
    Object.entries(times).map(([name, { main, done }]) => [name, { 'main thread ms': ms(main), 'in all ms': ms(done) }])
  )
}

/**
 * Trains a convolutional network on images averaged down by `pool` to 32 × 32, by hand: `trainOnBatch` waits for the device
 * in a way that WebGPU has not.
 */
async function trained(plans, pool = 1) {
  const model = convolutional(tf)
  const optimizer = tf.train.sgd(0.01)
  const step = async ({ xs, ys }) => {
    const cost = () => {
      const guesses = model.apply(tf.avgPool(xs, pool, pool, 'valid'), { training: true })
      return tf.metrics.categoricalCrossentropy(ys, guesses).mean()
    }
    const loss = optimizer.minimize(cost, true)
    await loss.data()
    loss.dispose()
  }
  return headspaceRow(await besideCached(tf, { ...common, plans, step }))
}

function photos() {
  const files = jpegFiles(values.dir)
  const at = i => ({ image: files[i], label: i % 10 })
  return indexed({ size: files.length, at, classes: 10, seed: 1, shuffle: true, epochs: Infinity }).pipe(
    randomResizedCrop(224),
    randomFlip(),
    batch(64),
    normalize()
  )
}
