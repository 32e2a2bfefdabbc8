// Runs the fuzz targets for longer than the tests do: node scripts/fuzz.mjs [INPUTS] [--seed N] [--only NAME]
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, only: { type: 'string', default: '' } }
})
const [inputs = '100000'] = positionals
const seed = values.seed ?? String(Date.now() % 2 ** 31)
process.stdout.write(`${inputs} inputs a target, seed ${seed}\n`)
const { status } = spawnSync('npx', ['vitest', 'run', `test/fuzz/${values.only}`], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, MILLRACE_FUZZ: inputs, MILLRACE_FUZZ_SEED: seed }
})
process.exitCode = status ?? 1
