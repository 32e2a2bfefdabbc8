/** `millrace stats`: what is in a data set: numbers, classes, sizes, mean and deviation, broken files. */
import type { Batch, Fault } from '../batch.js'
import { readSums } from '../kernels/channelStats.js'
import { reduceImages } from '../sinks/channelStats.js'
import { ChannelTally } from '../sinks/channelTally.js'
import { forEachBatch } from '../sinks/forEachBatch.js'
import { DATA_HELP, DATA_OPTIONS, onlyData, openImages } from './data.js'
import { fail, parseArgs, print } from './platform.js'
import { Progress } from './progress.js'
import { SizeTally } from './sizeTally.js'
import { type Stats, statsText } from './statsText.js'
import { helpText, whole } from './usage.js'

const HELP = helpText(
  'stats DATA [options]',
  `Reads every image once, and tells how many there are, of which classes and sizes, their mean and standard deviation for
normalize, and which ones are broken. Ends with 1 where there are such.`,
  [
    ...DATA_HELP,
    ['--workers N', 'worker threads (default: as many as there are cores)'],
    ['--broken N', 'broken images that are listed (default 20)'],
    ['--json', 'all of it as JSON']
  ]
)

/** Broken images that are remembered, so that memory stays bounded. */
const MOST_KEPT = 100_000

/** Runs the command. */
export async function stats(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...DATA_OPTIONS,
      workers: { type: 'string' },
      broken: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return print(HELP)
  const name = onlyData(positionals)
  const workers = whole('--workers', values.workers, 0)
  const listed = Math.min(MOST_KEPT, whole('--broken', values.broken, 0))
  const { size, source } = await openImages(name, { seed: 1, apart: false, columns: values })
  const samples = source(1)
  const { classes, classNames } = await samples.info()
  const progress = new Progress()
  const tally = new ChannelTally()
  const sizes = new SizeTally()
  const perClass = new Float64Array(classes ?? 0)
  const broken: Pick<Fault, 'key' | 'reason'>[] = []
  let failed = 0
  const report = ({ key, reason }: Fault): void => {
    failed++
    progress.add()
    if (broken.length < MOST_KEPT) broken.push({ key, reason })
  }
  const add = (batch: Batch): void => {
    tally.add({ images: batch.images, keys: batch.keys, faults: [] }) // `broken` has those that are wanted
    addBatch(batch, sizes, perClass)
    progress.add(batch.keys.length)
  }
  progress.begin(size)
  const reduced = reduceImages(samples, { workers, onFault: { action: 'skip', report } })
  await forEachBatch(reduced, add).finally(() => progress.end())
  const found: Stats = {
    images: tally.images,
    ...(tally.images === 0 ? {} : moments(tally, sizes)),
    classes: classes === undefined ? undefined : namedCounts(perClass, classNames),
    broken: { images: failed, listed: broken.sort(byKey).slice(0, listed) }
  }
  print(values.json ? JSON.stringify(found, undefined, 2) : statsText(found))
  if (failed > 0) fail(`${failed} of ${size} images ${failed === 1 ? 'is' : 'are'} broken.`, 1)
}

/** They come in the order in which workers find them. */
function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1
}

function addBatch({ images, labels, labelShape, keys }: Batch, sizes: SizeTally, perClass: Float64Array): void {
  for (const row of keys.keys()) {
    const { width, height } = readSums(images as Uint8Array, row)
    sizes.add(width, height)
    for (let c = 0; c < perClass.length; c++) perClass[c]! += labels[row * labelShape[1] + c]!
  }
}

function moments(tally: ChannelTally, { width, height, bins }: SizeTally): Partial<Stats> {
  const { mean, std } = tally.moments()
  return { mean, std, width, height, pixels: bins }
}

function namedCounts(perClass: Float64Array, names: readonly string[] | undefined): Stats['classes'] {
  return Array.from(perClass, (images, i) => ({ name: names?.[i] ?? String(i), images }))
}
