/** Which module may import which, what is public, and the facts of the package. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as millrace from 'millrace'
import { describe, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')

/** The folders of `src`, with those that each may import from. */
const layers: Readonly<Record<string, readonly string[]>> = {
  random: [],
  flow: [],
  storage: [],
  kernels: ['random'],
  codecs: ['kernels'],
  engine: ['random', 'kernels', 'codecs', 'storage'],
  sources: ['random', 'flow', 'storage'],
  operators: ['random', 'flow', 'kernels', 'engine'],
  sinks: ['flow', 'kernels', 'engine', 'operators'],
  models: ['random', 'kernels', 'sinks'],
  cli: ['storage', 'kernels', 'operators', 'sinks', 'sources', 'index']
}
/** Files beside the folders that each of them may import, except for flow. */
const vocabulary = ['batch', 'check', 'cursor', 'errors', 'handle', 'sample']
/** Packages, and where they may be imported. */
const packages: Readonly<Record<string, readonly string[]>> = {
  rxjs: ['flow', 'operators', 'sinks', 'sources', 'cli', 'index'],
  sharp: ['codecs', 'sources', 'sinks', 'cli'],
  'lru-cache': ['engine', 'sources'],
  'tar-stream': ['sources', 'cli'],
  'brace-expansion': ['sources'],
  papaparse: ['sources'],
  fzstd: ['sources'],
  hyparquet: ['sources'],
  ...Object.fromEntries(
    ['assemble', 'column', 'convert', 'schema'].map(part => [`hyparquet/src/${part}.js`, ['sources']])
  )
}
/** Modules of Node are imported by these alone. */
const platform = /^(\w+\/platform|engine\/worker)\.ts$/

interface Import {
  readonly from: string
  readonly to: string
}

/** AssemblyScript has rules of its own. */
const files = list('src', '.ts').filter(file => !file.includes('/assembly/'))
const imports = files.flatMap(file => importsOf('src', file))

describe('imports', () => {
  test('are found', () => {
    expect(files.length).toBeGreaterThan(90)
    expect(imports).toContainEqual({ from: 'engine/worker.ts', to: 'node:worker_threads' })
    expect(imports).toContainEqual({ from: 'codecs/sharp.ts', to: 'sharp' })
    expect(imports).toContainEqual({ from: 'operators/batch.ts', to: 'operators/labelWidth.js' })
  })

  test('point one way, from folder to folder', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [layer, target] = [layerOf(from), layerOf(to)]
      if (isPackage(to) || layer === 'index' || layer === target) return false
      if (vocabulary.includes(target)) return layer === 'flow'
      return !layers[layer]?.includes(target)
    })
    expect(wrong).toEqual([])
    expect([...new Set(files.map(layerOf))].sort()).toEqual([...Object.keys(layers), ...vocabulary, 'index'].sort())
  })

  test('of packages and of Node stay where they belong', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!isPackage(to)) return !to.endsWith('.js')
      return to.startsWith('node:') ? !platform.test(from) : !packages[to]?.includes(layerOf(from))
    })
    expect(wrong).toEqual([])
  })

  test('of the worker lead to no RxJS, those of the package load no codec', () => {
    const packagesFrom = (entry: string) => [...reached(entry)].filter(to => isPackage(to) && !to.startsWith('node:'))
    expect(packagesFrom('engine/worker.js')).toEqual(['sharp'])
    const declared = [...Object.keys(packageJson.dependencies), 'rxjs']
    const names = packagesFrom('index.js').map(name => name.replace(/\/.*/, ''))
    expect(names).toContain('lru-cache')
    expect(names.filter(name => !declared.includes(name))).toEqual([])
    expect(/^import .*'sharp'/m.test(readFileSync(join(root, 'dist/codecs/sharp.js'), 'utf8'))).toBe(false)
  })

  test('of what may run in a browser reach Node through platform modules alone', () => {
    const open =
      /^(random|kernels|operators)\/|^sinks\/(toTensors|trainStep|forEachBatch|toAsyncIterable|toDataset)\.js$/
    const entries = list('dist', '.js').filter(file => open.test(file) && !file.includes('/assembly/'))
    expect(entries.length).toBeGreaterThan(100)
    const modules = new Set(entries.flatMap(entry => [entry, ...reached(entry)]))
    // The worker is not among them: it is started by its URL, and so is another one in a browser.
    expect(modules).not.toContain('engine/worker.js')
    expect(modules).toContain('flow/platform.js')
    const direct = [...modules].flatMap(file => (isPackage(file) ? [] : importsOf('dist', file)))
    const ofNode = direct.filter(({ to }) => isPackage(to) && !['rxjs', 'lru-cache'].includes(to))
    // sharp is loaded when an image is decoded by it: in a browser another codec takes its place.
    expect(ofNode.filter(({ from }) => !/^\w+\/platform\.js$/.test(from) && from !== 'codecs/sharp.js')).toEqual([])
    // Globals that only Node has are no way around.
    const sources = [...modules].filter(file => !isPackage(file) && !/\/platform\.js$/.test(file))
    const globals = /\b(process|Buffer|__dirname|require|setImmediate)\b(?=[.([])/
    expect(sources.filter(file => globals.test(code('dist', file).replace(/\/\/.*$/gm, '')))).toEqual([])
    // Random numbers and kernels do without any platform.
    const pure = entries.filter(file => /^(random|kernels)\//.test(file))
    expect(pure.flatMap(file => [...reached(file)].filter(to => isPackage(to) || to.includes('platform')))).toEqual([])
  })

  test('go round in no circle', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (done.has(file) || path.includes(file)) return
      for (const { to } of importsOf('dist', file)) if (!isPackage(to)) visit(to, [...path, file])
      done.add(file)
    }
    visit('index.js', [])
    visit('engine/worker.js', [])
    expect(done.size).toBeGreaterThan(80)
    expect(circles).toEqual([])
  })
})

test('nothing is drawn, timed or printed behind the back of whoever uses it', () => {
  const hidden = /\bMath\.random\b|\bDate\b(?!\(0\)|\.parse\()|\bconsole\b/
  const found = files.filter(file => hidden.test(code('src', file)))
  expect(found).toEqual([])
  const machine = files.filter(file =>
    /\bperformance\b|\bset(Timeout|Interval|Immediate)\(|\bgetRandomValues\b/.test(code('src', file))
  )
  expect(machine.filter(file => !platform.test(file))).toEqual([])
})

test('exactly these names are public', () => {
  expect(Object.keys(millrace).sort()).toEqual([
    'CursorError',
    'InvalidOptionError',
    'LoaderError',
    'OperatorError',
    'Rng',
    'ShapeError',
    'SourceError',
    'WorkerError',
    'affineDisplacement',
    'arrays',
    'augMix',
    'batch',
    'batchNormalization',
    'cache',
    'centerCrop',
    'channelDropout',
    'channelStats',
    'cifar10',
    'classBalanced',
    'colorJitter',
    'compose',
    'contactSheet',
    'cutMix',
    'cutout',
    'defineTransform',
    'describe',
    'elasticDistortion',
    'elasticGrid',
    'fMix',
    'forEachBatch',
    'gaussianBlur',
    'gradCam',
    'grayscale',
    'gridMask',
    'hideAndSeek',
    'imageFolder',
    'indexed',
    'iterable',
    'labelSmoothing',
    'manifest',
    'mapConcurrent',
    'mapPixels',
    'mixDatasets',
    'mixUp',
    'mnist',
    'monitor',
    'mosaic',
    'normalize',
    'oneOf',
    'overlay',
    'parquet',
    'pixelDropout',
    'prefetch',
    'randAugment',
    'randomCrop',
    'randomErasing',
    'randomFlip',
    'randomPerspective',
    'randomResizedCrop',
    'randomRotation',
    'repeatAugment',
    'resize',
    'resizeMix',
    'ricap',
    'sameClassTuples',
    'samplePairing',
    'smartAugmentation',
    'sometimes',
    'spatialDropout2d',
    'tarShards',
    'toAsyncIterable',
    'toDataset',
    'toTensors',
    'trainStep',
    'trivialAugmentWide',
    'weighted',
    'windowShuffle'
  ])
})

test('the package depends on little, and shows one entry', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta, exports, engines, sideEffects, type } = packageJson
  expect(Object.keys(dependencies)).toEqual([
    'brace-expansion',
    'fzstd',
    'hyparquet',
    'lru-cache',
    'papaparse',
    'sharp',
    'tar-stream'
  ])
  const [required, ...tensorFlows] = Object.keys(peerDependencies)
  expect(required).toBe('rxjs')
  expect(tensorFlows).toEqual([
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-backend-wasm',
    '@tensorflow/tfjs-backend-webgpu',
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-node-gpu'
  ])
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(tensorFlows.map(name => [name, { optional: true }])))
  expect(exports).toEqual({
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json'
  })
  expect(Object.keys(exports['.'])).toEqual(['types', 'default'])
  expect(engines).toEqual({ node: '^20.19.0 || >=22.12.0' })
  expect([sideEffects, type]).toEqual([false, 'module'])
})

/** Files of a folder, relative to it. */
function list(folder: string, ending: string): string[] {
  const all = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return all.filter(file => file.endsWith(ending)).map(file => file.replaceAll('\\', '/'))
}

/** A file without its comments. */
function code(folder: string, file: string): string {
  return readFileSync(join(root, folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** Every import of a file, static, dynamic or by re-export; those of the project relative to the folder. */
function importsOf(folder: string, from: string): Import[] {
  const found = code(folder, from).matchAll(/\b(?:from|import) '([^'\n]+)';?$|\bimport\('([^'\n]+)'\)/gm)
  return [...found].map(([, fixed, dynamic]) => {
    const to = fixed ?? dynamic ?? ''
    return { from, to: to.startsWith('.') ? join(dirname(from), to).replaceAll('\\', '/') : to }
  })
}

/** All that a built module imports, and what that imports. */
function reached(entry: string, seen: Set<string> = new Set([entry])): Set<string> {
  for (const { to } of importsOf('dist', entry)) {
    if (seen.has(to)) continue
    seen.add(to)
    if (!isPackage(to)) reached(to, seen)
  }
  return seen
}

function layerOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.\w+$/, '')
}

/** Whether an import leaves the project. */
function isPackage(to: string): boolean {
  return !to.endsWith('.js') || Object.hasOwn(packages, to)
}
