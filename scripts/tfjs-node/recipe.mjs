// Where the ordinary way is closed: libtensorflow from a wheel of PyPI, and the package's binding compiled against it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NODE_API_HEADERS, nodeApi, WHEELS } from './facts.mjs'
import { isInstalled, run, SetupError } from './run.mjs'

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
const PROGRESS_MS = 3000

/** Builds the package in this folder; `stage` is for what is not kept. */
export async function buildFromWheel(folder, stage, { say, signal }) {
  const tools = await checkTools({ signal })
  const wheel = await downloadWheel(stage, tools, { say, signal })
  say('unpacking libtensorflow')
  rmSync(join(folder, 'deps'), { recursive: true, force: true })
  rmSync(join(folder, 'lib'), { recursive: true, force: true })
  await unpack(wheel, join(folder, 'deps'), tools, signal)
  say('compiling the binding (some ten seconds)')
  await compile(folder, stage, tools, signal)
}

/** Refuses machines that the recipe is not for, before anything large is downloaded; names every missing tool. */
export async function checkTools({ env = process.env, signal } = {}) {
  const { platform, arch } = process
  if (platform !== 'linux' || WHEELS[arch] === undefined || isMusl()) {
    throw new SetupError(`it can only be built on Linux (glibc) on x64 or arm64, and this is ${platform} ${arch}`)
  }
  const tools = { python: env.PYTHON || 'python3', compiler: env.CXX || 'c++' }
  const missing = []
  if (!isInstalled(tools.python, env.PATH)) missing.push('python3 with pip (Debian: python3-pip)')
  else if (!(await hasPip(tools.python, env, signal))) missing.push('pip for python3 (Debian: python3-pip)')
  if (!isInstalled(tools.compiler, env.PATH)) missing.push('a C++ compiler, c++ (Debian: g++)')
  if (missing.length > 0) throw new SetupError(`building it needs ${missing.join(' and ')}: install that and try again`)
  return tools
}

async function hasPip(python, env, signal) {
  return run(python, ['-m', 'pip', '--version'], { env, signal }).then(
    () => true,
    () => false
  )
}

function isMusl() {
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

async function downloadWheel(stage, { python }, { say, signal }) {
  const { requirement, platform, sha256, megabytes } = WHEELS[process.arch]
  const place = join(stage, 'wheel')
  mkdirSync(place)
  const wanted = join(stage, 'requirements.txt')
  writeFileSync(wanted, `${requirement} --hash=sha256:${sha256}\n`)

  say(`downloading libtensorflow in ${requirement} from PyPI: ${megabytes} MB`)
  const timer = setInterval(() => say(`${megabytesOfLargest(place)} of ${megabytes} MB`), PROGRESS_MS)
  const target = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--platform', platform]
  const how = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--require-hashes', '--quiet']
  const command = ['-m', 'pip', 'download', ...how, ...target, '--disable-pip-version-check', '-d', place, '-r', wanted]
  try {
    await run(python, command, { what: `pip could not download ${requirement}`, env: { TMPDIR: place }, signal })
  } finally {
    clearInterval(timer)
  }
  return join(
    place,
    readdirSync(place).find(name => name.endsWith('.whl'))
  )
}

async function unpack(wheel, deps, { python }, signal) {
  const script = fileURLToPath(new URL('./unpack.py', import.meta.url))
  await run(python, [script, wheel, deps], { what: 'libtensorflow could not be unpacked', signal })
  for (const name of LIBRARIES) {
    if (!existsSync(join(deps, 'lib', name))) throw new SetupError(`the wheel holds no ${name}`)
    if (isInstalled('strip')) await run('strip', ['--strip-unneeded', join(deps, 'lib', name)], { signal })
  }
}

async function compile(folder, stage, { compiler }, signal) {
  const headers = join(stage, 'headers')
  mkdirSync(headers)
  writeFileSync(join(headers, 'package.json'), '{}')
  const what = `npm could not fetch ${NODE_API_HEADERS}`
  await run('npm', ['install', NODE_API_HEADERS, '--no-audit', '--no-fund', '--loglevel=error'], {
    what,
    cwd: headers,
    signal
  })

  const version = nodeApi(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const made = join(folder, 'lib', `napi-v${version}`)
  mkdirSync(made, { recursive: true })
  const sources = join(stage, 'binding')
  cpSync(join(folder, 'binding'), sources, { recursive: true })
  makeThreadSafe(join(sources, 'tfjs_backend.cc'))

  const flags = ['-O2', '-std=c++17', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${version}`]
  const names = ['-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION']
  const include = [join(headers, 'node_modules', 'node-api-headers', 'include'), join(folder, 'deps', 'include')]
  const code = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => join(sources, name))
  const libraries = LIBRARIES.map(name => join(folder, 'deps', 'lib', name))
  const link = ['-Wl,--no-as-needed', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', join(made, 'tfjs_binding.node')]
  const args = [...flags, ...names, ...include.map(dir => `-I${dir}`), ...code, ...libraries, ...link]
  await run(compiler, args, { what: 'the binding does not compile', signal })
}

/** The binding keeps names in one set for the whole process, and threads insert into it without a lock. */
function makeThreadSafe(file) {
  const code = readFileSync(file, 'utf8')
  const shared = 'static std::set<std::string> ATTR_NAME_SET;'
  if (!code.includes(shared)) throw new SetupError('the binding is not the one that is expected')
  writeFileSync(file, code.replace(shared, shared.replace('static', 'static thread_local')))
}

/** Pip writes one file, and copies it when it is complete. */
function megabytesOfLargest(folder) {
  const files = readdirSync(folder, { recursive: true }).map(name =>
    statSync(join(folder, name), { throwIfNoEntry: false })
  )
  return Math.round(Math.max(0, ...files.map(file => (file?.isFile() ? file.size : 0))) / 1e6)
}
