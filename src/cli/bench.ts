/** `millrace bench`: how fast one's own images become batches, and what holds them up. */
import { take } from 'rxjs'
import type { Batch } from '../batch.js'
import { batch } from '../operators/batch.js'
import { type MonitorReport, monitor } from '../operators/monitor.js'
import { prefetch } from '../operators/prefetch.js'
import { randomFlip } from '../operators/randomFlip.js'
import { randomResizedCrop } from '../operators/randomResizedCrop.js'
import { forEachBatch } from '../sinks/forEachBatch.js'
import { DATA_HELP, DATA_OPTIONS, onlyData, openImages } from './data.js'
import { parseArgs, print } from './platform.js'
import { Progress } from './progress.js'
import { helpText, whole } from './usage.js'

const HELP = helpText(
  'bench DATA [options]',
  'Reads, decodes, crops and flips images into batches, and tells how fast that goes and what limits it.',
  [
    ...DATA_HELP,
    ['--size N', 'side of the crops (default 224)'],
    ['--batch N', 'images of a batch (default 64)'],
    ['--batches N', 'batches that are made (default 50)'],
    ['--workers N', 'worker threads (default: as many as there are cores)']
  ]
)

/** Runs the command. */
export async function bench(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...DATA_OPTIONS,
      size: { type: 'string', default: '224' },
      batch: { type: 'string', default: '64' },
      batches: { type: 'string', default: '50' },
      workers: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return print(HELP)
  const name = onlyData(positionals)
  const [size, count] = [whole('--size', values.size, 1), whole('--batch', values.batch, 1)]
  const batches = whole('--batches', values.batches, 1)
  const workers = whole('--workers', values.workers, 0)
  const images = await openImages(name, { seed: 1, columns: values })
  const samples = images.source(Number.POSITIVE_INFINITY).pipe(take(count * batches))
  let last: MonitorReport | undefined
  const made = samples.pipe(
    randomResizedCrop(size),
    randomFlip(),
    batch(count),
    prefetch(4, { workers }),
    monitor(report => {
      last = report
    })
  )
  const progress = new Progress()
  progress.begin(count * batches)
  let codec = ''
  const see = ({ cursor, keys }: Batch): void => {
    codec = cursor.codec
    progress.add(keys.length)
  }
  await forEachBatch(made, see).finally(() => progress.end())
  if (last !== undefined) print(summary(last, codec))
}

function summary({ images, seconds, imagesPerSecond, bottleneck, stages }: MonitorReport, codec: string): string {
  const perImage = stages
    .flatMap(({ details }) => Object.entries(details))
    .map(([name, ms]) => `${name} ${((1000 * ms) / images).toFixed(0)}`)
  return [
    `${images} images in ${seconds.toFixed(1)} s: ${imagesPerSecond.toFixed(0)} images a second`,
    `µs for each image in the workers: ${perImage.join(', ')}`,
    `decoder: ${codec}`,
    `limited by: ${bottleneck}`
  ].join('\n')
}
