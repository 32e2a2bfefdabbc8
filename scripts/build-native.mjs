// npm run build:native [-- --optional]: compiles native/ and puts the addon where src/codecs/platform.ts looks for it.
// It needs cargo (Rust 1.88 or later), cmake and nasm. --optional: exit code 0 even where these are missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const tools = { cargo: 'https://rustup.rs', cmake: 'apt-get install cmake', nasm: 'apt-get install nasm' }
const built = { linux: 'libmillrace_codec.so', darwin: 'libmillrace_codec.dylib', win32: 'millrace_codec.dll' }

const { values } = parseArgs({ options: { optional: { type: 'boolean', default: false } } })
const folder = fileURLToPath(new URL('../native/', import.meta.url))
const missing = Object.keys(tools).filter(tool => spawnSync(tool, ['--version']).error !== undefined)
if (missing.length > 0) {
  const how = missing.map(tool => `${tool} (${tools[tool]})`).join(', ')
  console.error(`[native] not built: there is no ${how}. JPEGs are decoded without it.`)
  process.exit(values.optional ? 0 : 1)
}
execFileSync('cargo', ['build', '--release', '--locked', '--target-dir', 'target'], { cwd: folder, stdio: 'inherit' })
// Renamed into its place, because a process that has loaded the one before it still runs on that file.
copyFileSync(`${folder}target/release/${built[process.platform]}`, `${folder}millrace-codec.node.new`)
renameSync(`${folder}millrace-codec.node.new`, `${folder}millrace-codec.node`)
