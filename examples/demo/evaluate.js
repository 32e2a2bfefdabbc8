import { batch, cifar10, forEachBatch, normalize, prefetch, toTensors } from 'millrace'
import { take } from 'rxjs'

/** Share of the test images that the model classifies rightly. */
export async function evaluate({ net, tf, workers, limit = 10_000 }) {
  const images = cifar10({ split: 'test' }).pipe(take(limit), batch(500), normalize(), prefetch(2, { workers }))
  let right = 0
  await forEachBatch(images.pipe(toTensors(tf)), async ({ xs, ys }) => {
    const hits = tf.tidy(() => net.model.predict(xs).argMax(1).equal(ys.argMax(1)).sum())
    right += (await hits.data())[0]
    hits.dispose()
  })
  return right / limit
}
