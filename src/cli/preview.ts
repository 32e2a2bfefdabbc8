/** `millrace preview`: what operators make of one's images, as a picture. */
import { writePng } from '../sinks/platform.js'
import { drawSheet, type SheetGroup } from '../sinks/sheet.js'
import { DATA_HELP, DATA_OPTIONS, onlyData, openImages } from './data.js'
import { operatorNames, operatorOf } from './operators.js'
import { parseArgs, print } from './platform.js'
import { previewGroup } from './previewSheet.js'
import { Progress } from './progress.js'
import { helpText, UsageError, whole } from './usage.js'

const HELP = helpText(
  'preview DATA --op "OPERATOR" [options]',
  'Draws originals on the left and what the operators make of them on the right, with labels and weights below.',
  [
    ...DATA_HELP,
    ['--op "OPERATOR"', 'such as "elasticDistortion({ alpha: 34, sigma: 4 })"; several are applied in their order'],
    ['--all', 'instead: all operators with their defaults, one after the other'],
    ['--rows N', 'images that are shown (default 4; with --all 1)'],
    ['--variants N', 'results for each image (default 4)'],
    ['--size N', 'side that images of no common size are scaled and cropped to (default 128)'],
    ['--seed N', 'another seed draws other results (default 1)'],
    ['--out FILE', 'the picture (default preview.png)']
  ]
)

/** Operators that do nothing, or cannot be made, without arguments; for images of a side. */
function example(name: string, size: number): string {
  const small = Math.ceil(0.75 * size)
  const examples: Readonly<Record<string, string>> = {
    resize: `resize(${small})`,
    centerCrop: `centerCrop(${small})`,
    randomCrop: `randomCrop(${small})`,
    randomResizedCrop: `randomResizedCrop(${size})`,
    randomRotation: 'randomRotation(30)',
    affineDisplacement: 'affineDisplacement({ rotate: 20, translate: 0.1, scale: [0.8, 1.2], shear: 15 })',
    elasticDistortion: 'elasticDistortion({ alpha: 300, sigma: 12 })',
    elasticGrid: "elasticGrid({ sigma: 10, border: 'edge' })",
    colorJitter: 'colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })',
    grayscale: 'grayscale({ p: 1 })',
    mosaic: `mosaic(${size})`,
    sometimes: 'sometimes(0.5, randomFlip({ p: 1 }), cutout())',
    oneOf: 'oneOf([mixUp(), cutMix()])',
    compose: 'compose(randomFlip(), cutout())'
  }
  return examples[name] ?? `${name}()`
}

/** Runs the command. */
export async function preview(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...DATA_OPTIONS,
      op: { type: 'string', multiple: true, default: [] },
      all: { type: 'boolean', default: false },
      rows: { type: 'string' },
      variants: { type: 'string', default: '4' },
      size: { type: 'string', default: '128' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'preview.png' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return print(HELP)
  const name = onlyData(positionals)
  if (values.all === values.op.length > 0) throw new UsageError('Give one or more --op "OPERATOR", or else --all.')
  const options = {
    rows: whole('--rows', values.rows ?? (values.all ? '1' : '4'), 1),
    variants: whole('--variants', values.variants, 1),
    size: whole('--size', values.size, 8)
  }
  const images = await openImages(name, { seed: whole('--seed', values.seed, 0), columns: values })
  const side = images.side ?? options.size
  const lists = values.all ? operatorNames().map(op => [example(op, side)]) : [values.op]
  const built = lists.map(list => ({ title: list.join('   '), operators: list.map(operatorOf) }))
  const groups: SheetGroup[] = []
  const progress = new Progress('sheets')
  progress.begin(built.length)
  try {
    for (const { title, operators } of built) {
      groups.push(await previewGroup(title, images, operators, options))
      progress.add()
    }
  } finally {
    progress.end()
  }
  await writePng(values.out, drawSheet(groups, { columns: options.variants + 1, scale: undefined }))
  print(`${values.out}: ${groups.length === 1 ? groups[0]!.title : `${groups.length} operators`}`)
}
