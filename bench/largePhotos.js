// Makes batches of the images of a folder, decoded in full, and prints the most memory that it took:
// node bench/largePhotos.js DIR WORKERS DEPTH
import { batch, forEachBatch, imageFolder, normalize, prefetch, randomCrop } from 'millrace'

const [dir, workers, depth] = process.argv.slice(2)
const plans = imageFolder(dir, { seed: 1 }).pipe(randomCrop(224), batch(64), normalize())
let images = 0
await forEachBatch(plans.pipe(prefetch(Number(depth), { workers: Number(workers) })), ({ keys }) => {
  images += keys.length
})
console.log(JSON.stringify({ images, maxRss: process.resourceUsage().maxRSS * 1024 }))
