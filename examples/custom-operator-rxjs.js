// A custom operator, the first way: samples and plans are plain objects, so RxJS operators are augmentations.
// node examples/custom-operator-rxjs.js
import { batch, cifar10, cutout, forEachBatch, prefetch, randomFlip } from 'millrace'
import { concatMap, filter, of, take, tap } from 'rxjs'

/** Keeps the samples of some classes. Nothing is decoded for the others. */
const onlyClasses = (...names) => filter(({ label, info }) => names.includes(info.classNames[label]))

/** Applies an operator to some of the samples. The inner Observable is synchronous, so nothing queues up. */
const when = (condition, operator) => concatMap(sample => (condition(sample) ? of(sample).pipe(operator) : of(sample)))

/** Looks at the plan of each batch: which classes are in it is known before any pixel is. */
const countClasses = report =>
  tap(({ samples, index }) => {
    const counts = {}
    for (const { label, info } of samples) counts[info.classNames[label]] = (counts[info.classNames[label]] ?? 0) + 1
    report(index, counts)
  })

const batches = cifar10({ split: 'test', seed: 7, shuffle: true }).pipe(
  onlyClasses('cat', 'dog'),
  randomFlip(),
  when(({ position }) => position % 2 === 0, cutout()),
  batch(50),
  countClasses((index, counts) => console.log(`plan ${index}:`, counts)),
  take(3),
  prefetch()
)

await forEachBatch(batches, ({ index, shape }) => console.log(`batch ${index} is ready: ${shape.join(' × ')}`))
console.log('cats and dogs only')
