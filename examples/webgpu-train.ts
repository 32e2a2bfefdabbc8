// A small convolutional network learns handwritten digits on WebGPU: on a GPU, or slowly by a Vulkan driver for the CPU.
//   node examples/webgpu-train.ts [batches]        Node 22.18 and later run TypeScript as it is
//   npx tsx examples/webgpu-train.ts [batches]     any Node
import { batch, mnist, normalize, prefetch, randomCrop, toTensors, trainStep } from 'millrace'
import { lastValueFrom, take, tap, toArray } from 'rxjs'
import { loadWebGpu } from './loadWebGpu.ts'

const batches = Number(process.argv[2] ?? 24)
const { tf, device } = await loadWebGpu()
console.log(`on ${device}`)

const kernel = (seed: number) => ({ kernelInitializer: tf.initializers.heNormal({ seed }) })
const model = tf.sequential({
  layers: [
    tf.layers.averagePooling2d({ inputShape: [28, 28, 1], poolSize: 2 }), // for the sake of drivers without a GPU
    tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, activation: 'relu', ...kernel(1) }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, ...kernel(2) })
  ]
})
const optimizer = tf.train.adam(0.005)

const losses = await lastValueFrom(
  mnist({ split: 'train', seed: 7, shuffle: true }).pipe(
    randomCrop(28, { padding: 1 }),
    batch(32),
    normalize(),
    take(batches),
    prefetch(4),
    toTensors(tf), // bytes go to the device, and a shader normalises them there
    trainStep(async ({ xs, ys }) => {
      // As `model.trainOnBatch` does, which waits for the device in a way that WebGPU has not.
      const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(ys, model.apply(xs) as typeof xs), true)!
      const [value] = await loss.data()
      loss.dispose()
      return value!
    }),
    tap(loss => console.log(`loss ${loss.toFixed(3)}`)),
    toArray()
  )
)
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const quarter = Math.ceil(losses.length / 4)
console.log(`from ${mean(losses.slice(0, quarter)).toFixed(2)} to ${mean(losses.slice(-quarter)).toFixed(2)}`)
