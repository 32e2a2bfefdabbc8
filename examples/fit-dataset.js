// A pipeline as the data set of `model.fitDataset`.
// node examples/fit-dataset.js
import { batch, mnist, normalize, prefetch, randomCrop, toDataset, toTensors } from 'millrace'
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

const dataset = toDataset(train)
const { history } = await model.fitDataset(dataset, { epochs, verbose: 0 })
await dataset.close()

for (const [epoch, loss] of history.loss.entries()) {
  console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${(history.acc[epoch] * 100).toFixed(1)} %`)
}
console.log(`fitted ${history.loss.length} epochs`)
