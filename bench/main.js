// npm run bench [-- --dir FOLDER --rounds N --quick]: Millrace beside what else there is, in alternating runs, as ratios.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { jpegFiles } from './files.js'
import { printHeadspace } from './headspaceTable.js'
import { printKernels } from './kernelTable.js'
import { median, runCase } from './runCase.js'
import { compare } from './table.js'

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
const run = (name, options, variables) => () => runCase(name, { ...common, ...options }, variables)

const cifar = values.quick ? { images: 6_400 } : { images: 200_000, warmUp: 50_000 }
const fewer = values.quick ? { images: 1_280 } : { images: 6_400, warmUp: 640 }
await compare(
  'CIFAR-10 in memory: crop, flip, cutout, cutMix, normalise, float32 batches of 128',
  [
    ['Millrace', run('cifarMillrace', cifar)],
    ['tfjs-data', run('cifarTfjsData', fewer)]
  ],
  rounds
)

const files = existsSync(values.dir) ? jpegFiles(values.dir) : []
if (files.length === 0) {
  console.log(`\nSkipped: JPEG files, because ${values.dir} holds none. Give a folder with --dir.`)
} else {
  const { dir } = values
  const all = values.quick ? { dir, images: 192 } : { dir, images: 6144, warmUp: 2048 }
  const slow = values.quick ? all : { dir, images: 1152, warmUp: 128 } // minutes otherwise
  const once = values.quick ? all : { dir, images: Math.min(files.length, 512), warmUp: 64 }
  await compare(
    `${files.length} JPEG files: decode, randomResizedCrop(224), flip, batches of 64`,
    [
      ['libjpeg-turbo, decoding only', run('filesLimit', all)],
      ['Millrace, native codec', run('filesMillrace', all, { MILLRACE_CODEC: 'native' })],
      ['Millrace, jpeg-turbo', run('filesMillrace', all, { MILLRACE_CODEC: 'turbo' })],
      ['Millrace, later epochs, from cache', run('cachedMillrace', all)],
      ['sharp and p-limit', run('filesSharp', slow)],
      ['tfjs-data', run('filesTfjsData', once)]
    ],
    rounds
  )
}

await printKernels({ dir: files.length === 0 ? undefined : values.dir, ms: values.quick ? 5 : 200 })

await printHeadspace({ ...common, quick: values.quick })

const planning = await repeat('planning', { images: values.quick ? 50_000 : 500_000 })
const latency = await repeat('latency', { batches: values.quick ? 20 : 300 })
console.log(`\nPlanning on the main thread: ${median(planning.map(run => run.microseconds)).toFixed(2)} µs a sample`)
console.log(
  `Next batch when the pipeline is ahead: ${median(latency.map(run => run.microseconds)).toFixed(0)} µs (p50)`
)

for (const samples of [1_000, 1_000_000_000]) {
  const saved = await repeat('cursor', { samples, count: values.quick ? 200 : 5_000 })
  const of = name => median(saved.map(run => run[name])).toFixed(1)
  console.log(
    `Cursor of a data set of ${samples.toLocaleString('en')} samples: ${saved[0].bytes} bytes; ${of('json')} µs to JSON, ${of('file')} µs to a file that is written whole and renamed`
  )
}

async function repeat(name, options) {
  const runs = []
  for (let round = 0; round < rounds; round++) runs.push(await run(name, options)())
  return runs
}
