import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runScript } from '../runCase.js'

const local = fileURLToPath(new URL('./.venv/bin/python', import.meta.url))
/** No files beside the scripts, no look for a newer version, no GPU. */
const variables = { PYTHONDONTWRITEBYTECODE: '1', NO_ALBUMENTATIONS_UPDATE: '1', CUDA_VISIBLE_DEVICES: '' }

/** The Python to run the peers with: the one that is named, else that of `.venv` here, else the machine's. */
export const python = process.env.PYTHON || (existsSync(local) ? local : 'python3')

/** The version of Python; undefined where there is none. */
export async function pythonVersion() {
  return evaluate('import platform; print(platform.python_version())').catch(() => undefined)
}

/** The version of each module that can be imported. */
export async function moduleVersions(modules) {
  const versions = modules.map(name => evaluate(`import ${name}; print(${name}.__version__)`).catch(() => undefined))
  const found = await Promise.all(versions)
  return new Map(modules.map((name, i) => [name, found[i]]).filter(([, version]) => version !== undefined))
}

/** Runs a case of a script here in a fresh process; `{ error }` where it cannot run. */
export async function runPython(script, name, options) {
  try {
    return await runScript(python, fileURLToPath(new URL(script, import.meta.url)), name, options, variables)
  } catch (error) {
    return { error: lastLine(error.stderr) || error.message }
  }
}

async function evaluate(code) {
  const { stdout } = await promisify(execFile)(python, ['-c', code], { env: { ...process.env, ...variables } })
  return lastLine(stdout)
}

function lastLine(text = '') {
  return text.trim().split('\n').at(-1)
}
