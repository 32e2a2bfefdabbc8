import { parseArgs } from 'node:util'
import { wholeNumber } from '../examples/demo/options.js'
import { matrix } from './matrix.js'
import { SEEDS } from './settings.js'

const HELP = `npm run experiments [-- options]
  --quick        a small version of everything, about five minutes; its results go to out/experiments/quick
  --smoke        two epochs of every configuration, to see that all works; likewise
  --seeds N      how many seeds (default: ${SEEDS.full}; quick and smoke: 1)
  --only A,B     these configurations only: ${matrix.map(({ id }) => id).join(', ')}
  --workers N    worker threads (default: as many as there are cores; 0: none)
  --report       train nothing; write the report from the results that are there
What is done is not done again. Ctrl-C saves; the same command goes on with the very next batch.`

/** Reads the command line; ends the process after --help. */
export function options(args) {
  const values = parse(args)
  if (values.help) {
    console.log(HELP)
    process.exit()
  }
  if (values.quick && values.smoke) throw new Error(`--quick and --smoke are two sizes: give one of them.\n\n${HELP}`)
  const profile = values.quick ? 'quick' : values.smoke ? 'smoke' : 'full'
  return {
    profile,
    seeds: wholeNumber(values, 'seeds', 1, HELP) ?? SEEDS[profile],
    configurations: chosen(values.only),
    workers: wholeNumber(values, 'workers', 0, HELP),
    report: values.report === true
  }
}

function parse(args) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }]
  const options = { quick: flag, smoke: flag, report: flag, help: flag, seeds: text, only: text, workers: text }
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw new Error(`${error.message}\n\n${HELP}`)
  }
}

function chosen(only) {
  if (only === undefined) return matrix
  const ids = only.split(',')
  for (const id of ids) {
    if (!matrix.some(one => one.id === id)) throw new Error(`--only: there is no configuration "${id}".\n\n${HELP}`)
  }
  return matrix.filter(({ id }) => ids.includes(id))
}
