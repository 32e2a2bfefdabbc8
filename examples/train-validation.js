// A train/validation split: `subset` cuts one fixed permutation, so the parts share no sample in any run.
// node examples/train-validation.js
import { batch, forEachBatch, mnist, normalize, prefetch, randomCrop, toTensors } from 'millrace'
import { loadTensorFlow, smallModel } from './loadTensorFlow.js'

const tf = await loadTensorFlow()
const model = smallModel(tf, [28, 28, 1])

const epochs = 2
const train = mnist({ subset: [0, 0.05], seed: 7, shuffle: true, epochs }).pipe(
  randomCrop(28, { padding: 2 }),
  batch(50),
  normalize(),
  prefetch(4),
  toTensors(tf)
)
const validation = mnist({ subset: [0.95, 1] }).pipe(batch(500), normalize(), prefetch(2), toTensors(tf))

await forEachBatch(train, async ({ xs, ys, epoch, last }) => {
  await model.trainOnBatch(xs, ys)
  if (last) console.log(`epoch ${epoch}: validation accuracy ${((await accuracy()) * 100).toFixed(1)} %`)
})
console.log('validated after each epoch')

/** Subscribing again replays the whole validation part. */
async function accuracy() {
  let right = 0
  let all = 0
  await forEachBatch(validation, async ({ xs, ys, keys }) => {
    const hits = tf.tidy(() => model.predict(xs).argMax(-1).equal(ys.argMax(-1)).sum())
    right += (await hits.data())[0]
    hits.dispose()
    all += keys.length
  })
  return right / all
}
