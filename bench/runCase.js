// Each run has a process of its own, so that memory and warm-up are its own as well.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const child = fileURLToPath(new URL('./child.js', import.meta.url))

/** Runs a case in a fresh process; `{ error }` where it cannot run here. */
export function runCase(name, options, variables) {
  return runScript(process.execPath, child, name, options, variables)
}

/** Runs a case of a script that takes its options as JSON, and prints a line of JSON last. */
export async function runScript(command, script, name, options, variables = {}) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_CPU_ALLOCATOR_USE_BFC: 'true', ...variables }
  const { stdout } = await promisify(execFile)(command, [script, name, JSON.stringify(options)], { env })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
