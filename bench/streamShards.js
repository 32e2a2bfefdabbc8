// Streams the shards of a folder or a URL, and prints the resident memory at each quarter: node bench/streamShards.js SHARDS [SEED]
import { batch, forEachBatch, prefetch, resize, tarShards } from 'millrace'

const [location, seed = '1'] = process.argv.slice(2)
const source = tarShards(location, { seed: Number(seed), shuffle: true })
const { size } = await source.info()
const most = [0, 0, 0, 0]
let done = 0
const start = performance.now()
await forEachBatch(source.pipe(resize([32, 32]), batch(64), prefetch(4, { workers: 2 })), ({ keys }) => {
  const quarter = Math.floor((4 * done) / size)
  most[quarter] = Math.max(most[quarter], process.memoryUsage.rss())
  done += keys.length
})
const seconds = (performance.now() - start) / 1000
console.log(
  JSON.stringify({ images: done, seconds: Number(seconds.toFixed(1)), rssMB: most.map(rss => Math.round(rss / 1e6)) })
)
