import { readFileSync } from 'node:fs'

/** Measures a run after its first batches, of `warmUp` images together: machine code is made for what runs often. */
export function meter(warmUp = 0) {
  const started = performance.now()
  let images = 0
  let before = 0
  let firstBatchMs
  let since
  return {
    batch(count) {
      firstBatchMs ??= performance.now() - started
      if (since !== undefined) {
        images += count
        return
      }
      before += count
      if (before >= warmUp) since = { ms: performance.now(), cpu: process.cpuUsage(), main: mainThreadMs() }
    },
    result() {
      const ms = performance.now() - since.ms
      const { user, system } = process.cpuUsage(since.cpu)
      return {
        imagesPerSecond: (images / ms) * 1000,
        cpuMicroseconds: (user + system) / images,
        mainShare: ((mainThreadMs() - since.main) * 1000) / (user + system),
        peakMegabytes: process.resourceUsage().maxRSS / 1024,
        firstBatchMs
      }
    }
  }
}

/** CPU time of the main thread. Linux counts it in ticks of 10 ms; elsewhere it is not known. */
function mainThreadMs() {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}
