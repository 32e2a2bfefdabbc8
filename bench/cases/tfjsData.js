// tfjs-data in its best form: mapAsync and prefetch before batch, so that samples are made while others are used.
import { readFile } from 'node:fs/promises'
import { cifar10 } from 'millrace'
import { firstValueFrom } from 'rxjs'
import { jpegFiles } from '../files.js'
import { meter } from '../measure.js'

const AHEAD = 16
const MEAN = [0.4914, 0.4822, 0.4465]
const STD = [0.2471, 0.2435, 0.2616]

/** CIFAR-10 in memory, as float32 batches. */
export async function cifarTfjsData({ images, warmUp }) {
  const tf = await loadTf()
  const { image } = await firstValueFrom(cifar10({ split: 'train' }))
  const bytes = new Uint8Array(image.buffer)
  const [mean, std] = [tf.tensor(MEAN), tf.tensor(STD)]
  const dataset = tf.data
    .generator(function* () {
      for (let i = 0; i < images; i++) yield { pixels: bytes.subarray(i * 3072, i * 3072 + 3072), label: i % 10 }
    })
    .mapAsync(async ({ pixels, label }) =>
      tf.tidy(() => ({
        xs: augment(tf, tf.tensor3d(pixels, [32, 32, 3], 'int32')),
        ys: tf.oneHot(label, 10).toFloat()
      }))
    )
    .prefetch(AHEAD)
    .batch(128)
    .map(({ xs, ys }) => tf.tidy(() => cutMix(tf, xs.div(255).sub(mean).div(std), ys)))
    .prefetch(2)
  return consume(dataset, warmUp)
}

/** JPEG files, as batches of bytes. */
export async function filesTfjsData({ dir, images, warmUp }) {
  const tf = await loadTf()
  const files = jpegFiles(dir)
  const dataset = tf.data
    .array(files.slice(0, images))
    .mapAsync(async file => {
      const bytes = await readFile(file)
      return tf.tidy(() => {
        const image = tf.node.decodeJpeg(bytes, 3).expandDims().toFloat()
        const [y, x, flip] = [Math.random() * 0.4, Math.random() * 0.4, Math.random() < 0.5]
        const cropped = tf.image.cropAndResize(image, [[y, x, y + 0.6, x + 0.6]], [0], [224, 224])
        return { xs: (flip ? tf.image.flipLeftRight(cropped) : cropped).squeeze([0]).toInt() }
      })
    })
    .prefetch(AHEAD)
    .batch(64)
    .prefetch(2)
  return consume(dataset, warmUp)
}

export async function loadTf() {
  try {
    return await import('@tensorflow/tfjs-node').then(module => module.default ?? module)
  } catch {
    throw new Error('needs @tensorflow/tfjs-node: npm run setup:tfjs-node')
  }
}

async function consume(dataset, warmUp) {
  const measured = meter(warmUp)
  await dataset.forEachAsync(batch => {
    measured.batch(batch.xs.shape[0])
    for (const tensor of Object.values(batch)) tensor.dispose()
  })
  return measured.result()
}

/** Crop of a padded image, flip, cutout. */
function augment(tf, image) {
  const [y, x] = [Math.floor(Math.random() * 9), Math.floor(Math.random() * 9)]
  const padded = tf.pad3d(image, [
    [4, 4],
    [4, 4],
    [0, 0]
  ])
  const cropped = tf.slice3d(padded, [y, x, 0], [32, 32, 3])
  const flipped = Math.random() < 0.5 ? tf.reverse(cropped, 1) : cropped
  return flipped.mul(box(tf, 16, 'int32')).toFloat()
}

/** One box for the batch, taken from the batch in reverse. */
function cutMix(tf, xs, ys) {
  const keep = box(tf, 16, 'float32')
  const share = keep.mean()
  const mixed = xs.mul(keep).add(tf.reverse(xs, 0).mul(tf.sub(1, keep)))
  return { xs: mixed, ys: ys.mul(share).add(tf.reverse(ys, 0).mul(tf.sub(1, share))) }
}

/** 0 within a random square, 1 elsewhere. */
function box(tf, side, dtype) {
  const [top, left] = [Math.floor(Math.random() * (32 - side)), Math.floor(Math.random() * (32 - side))]
  const around = [
    [top, 32 - side - top],
    [left, 32 - side - left],
    [0, 0]
  ]
  return tf.pad3d(tf.zeros([side, side, 1], dtype), around, 1)
}
