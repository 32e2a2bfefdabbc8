#!/usr/bin/env node
/** The command `millrace`. */
import { InvalidOptionError, LoaderError } from '../errors.js'
import { bench } from './bench.js'
import { pack } from './pack.js'
import { ExpressionError } from './parse.js'
import { commandLine, fail, packageVersion, print } from './platform.js'
import { preview } from './preview.js'
import { stats } from './stats.js'
import { helpText, UsageError } from './usage.js'

const HELP = helpText(
  'COMMAND',
  `Ends with 0; with 1 where images are broken or cannot be read; with 2 where what was typed is wrong.
millrace COMMAND --help tells more of a command.`,
  [
    ['preview', 'draws what operators make of your images'],
    ['bench', 'makes batches of your images, and tells how fast that goes and what limits it'],
    ['stats', 'tells sizes, classes, mean and deviation of your images, and which ones are broken'],
    ['pack', 'makes shards of a folder of images, for tarShards'],
    ['--version', 'tells the version'],
    ['--help', 'shows this']
  ]
)

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = { preview, bench, stats, pack }

const [name = '--help', ...args] = commandLine()
try {
  if (name === '--help' || name === '-h') print(HELP)
  else if (name === '--version' || name === '-v') print(packageVersion())
  else if (commands[name] === undefined) throw new UsageError(`There is no command ${name}.\n\n${HELP}`)
  else await commands[name](args)
} catch (error) {
  if (isUsage(error)) fail((error as Error).message, 2)
  else if (error instanceof LoaderError) fail(error.message, 1)
  else throw error
}

/** Whether what was typed is to blame; `parseArgs` has errors of its own for that. */
function isUsage(error: unknown): boolean {
  const code = String((error as { code?: unknown } | undefined)?.code)
  const typed = [UsageError, ExpressionError, InvalidOptionError].some(kind => error instanceof kind)
  return typed || code.startsWith('ERR_PARSE_ARGS')
}
