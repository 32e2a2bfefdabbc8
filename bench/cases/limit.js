// The limit: the same libjpeg-turbo decodes the same files, from memory, on as many threads, and nothing else is done.
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { jpegFiles } from '../files.js'

/** JPEG decoding alone. */
export async function filesLimit({ dir, images, workers = availableParallelism() }) {
  const all = jpegFiles(dir)
  const files = Array.from({ length: images }, (_, i) => all[i % all.length])
  const entry = new URL('../decodeWorker.js', import.meta.url)
  const threads = Array.from({ length: Math.max(1, workers) }, (_, i) => {
    return new Worker(entry, { workerData: files.filter((_, at) => at % Math.max(1, workers) === i) })
  })
  await Promise.all(threads.map(thread => once(thread, 'message')))
  const start = performance.now()
  const cpu = process.cpuUsage()
  for (const thread of threads) thread.postMessage('go')
  await Promise.all(threads.map(thread => once(thread, 'message')))
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  for (const thread of threads) await thread.terminate()
  return {
    imagesPerSecond: (files.length / ms) * 1000,
    cpuMicroseconds: (user + system) / files.length,
    mainShare: 0,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    firstBatchMs: Number.NaN
  }
}
