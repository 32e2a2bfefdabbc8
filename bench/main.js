// npm run bench [-- --dir FOLDER --rounds N --quick]: Millrace beside what else there is, in alternating runs, as ratios.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { jpegFiles } from './files.js'
import { median, runCase } from './runCase.js'

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '../shared/data/imagenet-sample' },
    rounds: { type: 'string', default: '5' },
    workers: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

if (values.help) {
  console.log(`npm run bench [-- options]
  --dir FOLDER   folder of JPEG files, searched with its subfolders (default ${values.dir})
  --rounds N     runs of each case, alternating; medians are shown (default 5)
  --workers N    worker threads of Millrace (default: as many as there are cores)
  --quick        one short round, to see that everything runs`)
  process.exit()
}

const rounds = values.quick ? 1 : Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds must be a whole number, but is ${values.rounds}`)
const common = { workers: values.workers === undefined ? undefined : Number(values.workers) }

await compare('CIFAR-10 in memory: crop, flip, cutout, cutMix, normalise, float32 batches of 128', [
  ['Millrace', 'cifarMillrace', values.quick ? { images: 6_400 } : { images: 200_000, warmUp: 50_000 }],
  ['tfjs-data', 'cifarTfjsData', values.quick ? { images: 1_280 } : { images: 6_400, warmUp: 640 }]
])

const files = existsSync(values.dir) ? jpegFiles(values.dir) : []
if (files.length === 0) {
  console.log(`\nSkipped: JPEG files, because ${values.dir} holds none. Give a folder with --dir.`)
} else {
  const { dir } = values
  const run = values.quick ? { dir, images: 192 } : { dir, images: 2304, warmUp: 512 }
  const short = values.quick ? run : { dir, images: Math.min(files.length, 512), warmUp: 64 }
  await compare(`${files.length} JPEG files: decode, randomResizedCrop(224), flip, batches of 64`, [
    ['libjpeg-turbo, decoding only', 'filesLimit', run],
    ['Millrace', 'filesMillrace', run],
    ['Millrace, later epochs, from cache', 'cachedMillrace', run],
    ['sharp and p-limit', 'filesSharp', run],
    ['tfjs-data', 'filesTfjsData', short]
  ])
}

const planning = await repeat('planning', { images: values.quick ? 50_000 : 500_000 })
const latency = await repeat('latency', { batches: values.quick ? 20 : 300 })
console.log(`\nPlanning on the main thread: ${median(planning.map(run => run.microseconds)).toFixed(2)} µs a sample`)
console.log(
  `Next batch when the pipeline is ahead: ${median(latency.map(run => run.microseconds)).toFixed(0)} µs (p50)`
)

/** Runs the cases in turn, so that a slow minute of the machine meets all of them. */
async function compare(title, cases) {
  console.log(`\n${title}`)
  const runs = cases.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, name, options]] of cases.entries()) runs[i].push(await runCase(name, { ...common, ...options }))
  }
  const rows = runs.map((of, i) => row(cases[i][0], of, runs[0], cases[0][0]))
  console.table(Object.fromEntries(rows))
}

function row(name, runs, first, firstName) {
  const failed = runs.find(run => run.error !== undefined)
  if (failed !== undefined) return [name, { error: failed.error }]
  const of = key => median(runs.map(run => run[key]))
  const ratios = runs.map((run, i) => run.imagesPerSecond / first[i].imagesPerSecond)
  return [
    name,
    {
      'images/s': Math.round(of('imagesPerSecond')),
      'CPU µs/image': Math.round(of('cpuMicroseconds')),
      'main thread %': number(of('mainShare') * 100),
      'peak MB': Math.round(of('peakMegabytes')),
      'first batch ms': number(of('firstBatchMs')),
      [`beside ${firstName}`]: median(ratios).toFixed(2)
    }
  ]
}

/** A figure that a case does not have is left out. */
function number(value) {
  return value == null || Number.isNaN(value) ? '' : Math.round(value)
}

async function repeat(name, options) {
  const runs = []
  for (let round = 0; round < rounds; round++) runs.push(await runCase(name, { ...common, ...options }))
  return runs
}
