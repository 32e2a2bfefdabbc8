/** Where the networks look: Grad-CAM for single images, and measured on arrangements of four. */
import { batch, cifar10, gradCam, prefetch, toAsyncIterable } from 'millrace'
import { take } from 'rxjs'
import { createNetwork } from './network.js'
import { loadWeights } from './run.js'

const GRIDS = 250
const SIDE = 32 // pixels
const BYTES = SIDE * SIDE * 3

/**
 * Heat maps of trained networks, for the same test images: those that all of them classify rightly, in an order that has
 * nothing to do with the networks.
 *
 * How well they point is measured on grids (Böhle et al. 2021, https://arxiv.org/abs/2104.00032): four images of different
 * classes are put together, and the map of one of these classes should lie in the quarter that holds it. `shares` is the
 * mean share of the map that does; by chance it is a quarter. So the object's region is known by construction.
 */
export async function measureHeatMaps(tf, { networks, seed, settings, workers }) {
  const { mean, std } = await cifar10({ split: 'test' }).info()
  const toInput = (bytes, n, side) =>
    tf.tidy(() => tf.tensor4d(Float32Array.from(bytes), [n, side, side, 3]).div(255).sub(mean).div(std))
  const small = await Promise.all(networks.map(one => loaded(tf, one, { seed, size: SIDE })))
  const large = await Promise.all(networks.map(one => loaded(tf, one, { seed, size: 2 * SIDE })))
  const images = await rightImages(tf, { small, toInput, limit: settings.finalImages, workers })
  const grids = arrange(images)
  const shares = {}
  for (const [i, { id }] of networks.entries()) shares[id] = pointing(tf, large[i], grids, toInput)
  const shown = firstOfEachClass(images)
  const maps = small.map(model => mapsOf(tf, model, shown, toInput))
  const pictures = shown.map(({ label, pixels }, n) => ({
    label,
    pixels: Buffer.from(pixels).toString('base64'),
    maps: Object.fromEntries(networks.map(({ id }, i) => [id, maps[i][n]]))
  }))
  for (const model of [...small, ...large]) model.dispose()
  return { seed, settings, images: images.length, grids: grids.length, shares, pictures }
}

async function loaded(tf, { path }, options) {
  const model = createNetwork(tf, options)
  await loadWeights(tf, model, path)
  return model
}

/** Test images, in one order for all seeds, that every network classifies rightly; as many as the grids need. */
async function rightImages(tf, { small, toInput, limit, workers }) {
  const found = []
  const plans = cifar10({ split: 'test', seed: 1, shuffle: true }).pipe(
    take(limit),
    batch(500),
    prefetch(2, { workers })
  )
  for await (const one of toAsyncIterable(plans)) {
    const n = one.shape[0]
    const labels = tf.tidy(() => tf.tensor2d(one.labels.slice(), [n, 10]).argMax(1).arraySync())
    const xs = toInput(one.images, n, SIDE)
    const guesses = small.map(model => tf.tidy(() => model.predictOnBatch(xs).argMax(1).arraySync()))
    xs.dispose()
    for (const [i, label] of labels.entries()) {
      if (!guesses.every(guess => guess[i] === label)) continue
      found.push({ label, pixels: one.images.slice(i * BYTES, (i + 1) * BYTES) })
    }
    if (found.length >= 4 * GRIDS * 1.2) break
  }
  return found
}

/** Grids of four images of different classes; each image is in one of them. */
function arrange(images) {
  const grids = []
  let waiting = [...images]
  while (grids.length < GRIDS) {
    const grid = []
    const rest = []
    for (const image of waiting) {
      if (grid.length < 4 && grid.every(({ label }) => label !== image.label)) grid.push(image)
      else rest.push(image)
    }
    if (grid.length < 4) break
    grids.push(grid)
    waiting = rest
  }
  return grids
}

/** Mean share of a map's mass in the quarter of its class. A map of zeros points nowhere, and counts as 0. */
function pointing(tf, model, grids, toInput) {
  let sum = 0
  for (let begin = 0; begin < grids.length; begin += 50) {
    const some = grids.slice(begin, begin + 50)
    const xs = toInput(
      some.flatMap(grid => [...joined(grid)]),
      some.length,
      2 * SIDE
    )
    for (let quarter = 0; quarter < 4; quarter++) {
      const cam = gradCam(tf, model, xs, { class: some.map(grid => grid[quarter].label) })
      for (let n = 0; n < some.length; n++) sum += shareIn(cam, n, quarter)
    }
    xs.dispose()
  }
  return grids.length === 0 ? null : sum / (4 * grids.length)
}

function shareIn({ raw, rawShape: [, height, width] }, n, quarter) {
  let [inside, all] = [0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = raw[(n * height + y) * width + x]
      all += value
      if ((y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1) === quarter) inside += value
    }
  }
  return all === 0 ? 0 : inside / all
}

/** The bytes of four images as one of twice the width and height. */
export function joined(grid) {
  const to = new Uint8Array(4 * BYTES)
  for (const [quarter, { pixels }] of grid.entries()) {
    const corner = (quarter >> 1) * SIDE * 2 * SIDE * 3 + (quarter & 1) * SIDE * 3
    for (let y = 0; y < SIDE; y++) to.set(pixels.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), corner + y * 2 * SIDE * 3)
  }
  return to
}

function firstOfEachClass(images) {
  const first = new Map()
  for (const image of images) if (!first.has(image.label)) first.set(image.label, image)
  return [...first.values()].sort((a, b) => a.label - b.label)
}

/** The map of each image's own class, as rows of numbers of which the greatest is 1. */
function mapsOf(tf, model, images, toInput) {
  if (images.length === 0) return []
  const xs = toInput(
    images.flatMap(({ pixels }) => [...pixels]),
    images.length,
    SIDE
  )
  const { raw, rawShape } = gradCam(tf, model, xs, { class: images.map(({ label }) => label) })
  xs.dispose()
  const [, height, width] = rawShape
  return images.map((_, n) => {
    const map = raw.subarray(n * height * width, (n + 1) * height * width)
    const most = Math.max(...map) || 1
    return Array.from({ length: height }, (_, y) =>
      Array.from(map.subarray(y * width, (y + 1) * width), value => Math.round((value / most) * 1000) / 1000)
    )
  })
}
