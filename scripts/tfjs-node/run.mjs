// Runs other programs, so that what goes wrong can be told in one sentence.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

const LONGEST_REASON = 200 // characters
const npmNotices = /^npm (warn|notice|error A complete log)/i

/** Something is missing or did not work; the message is one sentence for people. */
export class SetupError extends Error {}

/** Runs a program to its end and gives what it printed; `what` names it in the error. */
export function run(command, args, { what = command, cwd, env, signal, timeoutMs } = {}) {
  const limits = [signal, timeoutMs && AbortSignal.timeout(timeoutMs)].filter(Boolean)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      signal: AbortSignal.any(limits),
      shell: process.platform === 'win32' && command === 'npm', // npm is a .cmd file there
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    child.stdout.on('data', data => (output += data))
    child.stderr.on('data', data => (output += data))
    child.on('error', error => reject(signal?.aborted ? signal.reason : new SetupError(`${what}: ${sentence(error)}`)))
    child.on('close', (code, killed) => {
      if (code === 0) resolve(output.trim())
      else
        reject(
          new SetupError(`${what}: ${tellingLine(output) ?? (killed ? `ended by ${killed}` : `exit code ${code}`)}`)
        )
    })
  })
}

/** Whether a program of this name can be started. */
export function isInstalled(command, path = process.env.PATH ?? '') {
  const folders = isAbsolute(command) ? [''] : path.split(delimiter).filter(Boolean)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  return folders.some(folder => endings.some(ending => isExecutable(join(folder, command + ending))))
}

/** The line of a program's output that says best why it failed. */
export function tellingLine(output) {
  const lines = output.split('\n').map(line => line.trim())
  const told = lines.filter(line => line !== '' && !npmNotices.test(line))
  const line = told.find(line => /\b(fatal )?error\b.*[:!]/i.test(line)) ?? told.at(-1)
  return line === undefined || line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON)}…`
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function sentence(error) {
  if (error.code === 'ENOENT') return 'is not installed'
  return error.name === 'AbortError' ? 'took too long' : error.message
}
