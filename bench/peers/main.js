// npm run bench:peers [-- --dir FOLDER --rounds N --quick]: Millrace beside loaders in Python, in alternating runs.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jpegFiles } from '../files.js'
import { runCase, runScript } from '../runCase.js'
import { compare } from '../table.js'
import { moduleVersions, python, pythonVersion, runPython } from './python.js'

const TABLES = ['files', 'cifar', 'elastic', 'mixUp']
const INSTALL = `  python3 -m venv bench/peers/.venv
  bench/peers/.venv/bin/pip install -r bench/peers/requirements.txt`

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '../shared/data/imagenet-sample' },
    rounds: { type: 'string', default: '5' },
    workers: { type: 'string' },
    only: { type: 'string', default: TABLES.join() },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

if (values.help) {
  console.log(`npm run bench:peers [-- options]
  --dir FOLDER   folder of JPEG files, searched with its subfolders (default ${values.dir})
  --rounds N     runs of each case, alternating; medians are shown (default 5)
  --workers N    workers of each loader (default: as many as there are cores)
  --only NAMES   some of the tables alone: ${TABLES.join()}
  --quick        one short round, to see that everything runs

Linux alone: the peers read the CPU time and memory of their processes from /proc.
Python is the one that the variable PYTHON names, else bench/peers/.venv, else python3. To set it up:
${INSTALL}`)
  process.exit()
}

const rounds = values.quick ? 1 : Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds must be a whole number, but is ${values.rounds}`)
const workers = values.workers === undefined ? availableParallelism() : Number(values.workers)
if (!Number.isInteger(workers) || workers < 1)
  throw new RangeError(`--workers must be a whole number, but is ${values.workers}`)
const only = values.only.split(',')
const unknown = only.find(name => !TABLES.includes(name))
if (unknown !== undefined) throw new RangeError(`--only must be some of ${TABLES.join()}, but has ${unknown}`)

if (process.platform !== 'linux') {
  console.log(
    'Skipped: everything, because CPU time and memory of processes are read from /proc, which Linux alone has.'
  )
  process.exit(1)
}
const version = await pythonVersion()
if (version === undefined) {
  console.log(
    `Skipped: everything, because ${python} does not run. Name a Python with the variable PYTHON, or:\n${INSTALL}`
  )
  process.exit(1)
}
const modules = ['torch', 'torchvision', 'tensorflow', 'albumentations', 'cv2', 'numpy']
const present = await moduleVersions(modules)
console.log(`Python ${version}: ${[...present].map(module => module.join(' ')).join(', ') || 'none of the packages'}`)
let skipped = 0

const { dir } = values
const files = existsSync(dir) ? jpegFiles(dir) : []
if (only.includes('files') && files.length === 0) {
  console.log(`\nSkipped: JPEG files, because ${dir} holds none. Give a folder with --dir.`)
} else if (only.includes('files')) {
  const run = { dir, ...amount(6144, 2048, 256), workers }
  await table(
    `${files.length} JPEG files: decode, randomResizedCrop(224), flip, batches of 64`,
    [
      ['libjpeg-turbo, decoding only', () => runCase('filesLimit', run)],
      ['Millrace', () => runCase('filesMillrace', run)]
    ],
    [
      peer('PyTorch DataLoader, torchvision', ['torch', 'torchvision'], 'torch_loader.py', 'files', run),
      peer('tf.data', ['tensorflow'], 'tf_data.py', 'files', run),
      peer('tf.data, crops decoded, not antialiased', ['tensorflow'], 'tf_data.py', 'filesDecodeAndCrop', run),
      peer(
        'PyTorch DataLoader, Albumentations, not antialiased',
        ['torch', 'albumentations', 'cv2'],
        'albumentations_loader.py',
        'files',
        run
      )
    ]
  )
}

if (only.includes('cifar')) {
  await table(
    'CIFAR-10 in memory: crop, flip, cutout, cutMix, normalise, float32 batches of 128',
    [['Millrace', () => runCase('cifarMillrace', { ...amount(200_000, 50_000, 6_400), workers })]],
    [
      peer('PyTorch DataLoader, torchvision', ['torch', 'torchvision'], 'torch_loader.py', 'cifar', {
        ...amount(51_200, 5_120, 2_560),
        workers
      })
    ]
  )
}

if (only.includes('elastic')) {
  await elastic({ size: 224, alpha: 50, sigma: 6, ...amount(1024, 128, 512) })
  await elastic({ size: 32, alpha: 34, sigma: 4, ...amount(12_800, 1_280, 640) })
}

if (only.includes('mixUp')) {
  const run = { ...amount(6_400, 640, 640), workers: 1, floats: false }
  const floats = { ...run, floats: true }
  await table(
    'mixUp: bytes in memory, normalised and mixed as float32 batches of 64 × 224 × 224 × 3, one worker or thread',
    [millrace('mixUp', times(4, run))],
    [
      peer('torchvision', ['torch', 'torchvision'], 'mix_up.py', 'torchvision', run),
      peer('torchvision, mixing alone', ['torch', 'torchvision'], 'mix_up.py', 'torchvision', floats),
      peer('NumPy', ['numpy'], 'mix_up.py', 'numpy', run),
      peer('NumPy, mixing alone', ['numpy'], 'mix_up.py', 'numpy', floats)
    ]
  )
}

if (values.quick)
  console.log('\nBatches that were made ahead count for much in short runs: take no figures from these.')
if (skipped > 0) console.log(`\nTo have all rows:\n${INSTALL}`)

function elastic(options) {
  const run = { ...options, workers: 1 }
  return table(
    `Elastic distortion of ${run.size} × ${run.size} × 3 images, sigma ${run.sigma}, batches of 64, one worker or thread`,
    [millrace('elastic', times(4, run))],
    [
      peer('Albumentations', ['albumentations', 'cv2'], 'elastic.py', 'albumentations', run),
      peer('torchvision', ['torch', 'torchvision'], 'elastic.py', 'torchvision', times(1 / 4, run))
    ]
  )
}

/** Images of a run, and those among them that warm up. */
function amount(images, warmUp, quick) {
  return values.quick ? { images: quick, warmUp: 0 } : { images, warmUp }
}

/** What is faster runs for longer, so that all are measured for seconds. */
function times(factor, run) {
  return { ...run, images: run.images * factor, warmUp: run.warmUp * factor }
}

function millrace(name, options) {
  const script = fileURLToPath(new URL('./millrace.js', import.meta.url))
  return ['Millrace', () => runScript(process.execPath, script, name, options)]
}

function peer(name, needs, ...run) {
  return { name, missing: needs.filter(module => !present.has(module)), run: () => runPython(...run) }
}

/** Compares with the peers whose packages are here, and says which ones are not. */
async function table(title, cases, peers) {
  const able = peers.filter(({ missing }) => missing.length === 0)
  if (able.length > 0) await compare(title, [...cases, ...able.map(({ name, run }) => [name, run])], rounds)
  else console.log(`\n${title}`)
  for (const { name, missing } of peers) {
    if (missing.length === 0) continue
    skipped++
    console.log(`Skipped: ${name}, because ${python} cannot import ${missing.join(', ')}.`)
  }
}
