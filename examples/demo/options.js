import { parseArgs } from 'node:util'

export const DEFAULT_FOLDER = 'out'

const HELP = `npm run demo [-- options]
  --epochs N      passes over the training images (default: 2, about four minutes on two cores)
  --steps N       stop after N batches and evaluate on 1,000 images: a quick look
  --backend NAME  tensorflow (tfjs-node), or cpu (pure tfjs, with a small dense model)
  --seed N        seed of the order, the augmentation and the model's first weights (default 1)
  --workers N     worker threads (default: as many as there are cores; 0: none)
  --out FOLDER    where the checkpoint and the contact sheet go (default: ${DEFAULT_FOLDER})
  --resume        go on from the checkpoint, with the very next batch`

/** Reads the command line; ends the process after --help. */
export function options(args) {
  const { values } = parse(args)
  if (values.help) {
    console.log(HELP)
    process.exit()
  }
  return {
    epochs: wholeNumber(values, 'epochs', 1, HELP),
    steps: wholeNumber(values, 'steps', 1, HELP),
    seed: wholeNumber(values, 'seed', 0, HELP) ?? 1,
    workers: wholeNumber(values, 'workers', 0, HELP),
    backend: backend(values.backend),
    folder: values.out ?? DEFAULT_FOLDER,
    resume: values.resume === true
  }
}

function parse(args) {
  const text = { type: 'string' }
  const flag = { type: 'boolean' }
  try {
    return parseArgs({
      args,
      options: {
        epochs: text,
        steps: text,
        backend: text,
        seed: text,
        workers: text,
        out: text,
        resume: flag,
        help: flag
      }
    })
  } catch (error) {
    throw new Error(`${error.message}\n\n${HELP}`)
  }
}

/** An option that is a whole number; undefined where it is left out. `help` is told along with what is wrong. */
export function wholeNumber(values, name, least, help) {
  const text = values[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`--${name} must be a whole number of at least ${least}, but is ${JSON.stringify(text)}.\n\n${help}`)
}

function backend(name) {
  if (name === undefined || name === 'tensorflow' || name === 'cpu') return name
  throw new Error(`--backend must be tensorflow or cpu, but is ${JSON.stringify(name)}.\n\n${HELP}`)
}
