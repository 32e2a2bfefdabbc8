// What the peers are measured beside where no case of bench/cases does the same. Arguments as those of bench/child.js.
import { arrays, batch, elasticDistortion, forEachBatch, mixUp, normalize, prefetch } from 'millrace'
import { take } from 'rxjs'
import { meter } from '../measure.js'

const BATCH = 64

const cases = {
  /** Elastic distortion of images in memory, as uint8 batches. */
  elastic({ size, alpha, sigma, images, ...run }) {
    return measure(source(size).pipe(take(images), elasticDistortion({ alpha, sigma }), batch(BATCH)), run)
  },

  /** MixUp of images in memory, as float32 batches. */
  mixUp({ images, ...run }) {
    return measure(source(224).pipe(take(images), batch(BATCH), mixUp(), normalize()), run)
  }
}

/** As many random images as a batch holds, again and again. */
function source(size) {
  const images = Uint8Array.from({ length: BATCH * size * size * 3 }, () => Math.random() * 256)
  const labels = Uint8Array.from({ length: BATCH }, (_, i) => i)
  const epochs = { shuffle: true, epochs: Infinity, seed: 1 }
  return arrays({ images, labels, shape: [size, size, 3], classes: 1000, ...epochs })
}

async function measure(plans, { warmUp, workers }) {
  const measured = meter(warmUp)
  await forEachBatch(plans.pipe(prefetch(4, { workers })), ({ keys }) => measured.batch(keys.length))
  return measured.result()
}

const [, , name, options] = process.argv
try {
  console.log(JSON.stringify(await cases[name](JSON.parse(options))))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
process.exit()
