/** `millrace pack`: shards from a folder of images. */
import { packShards } from './packShards.js'
import { parallelism, parseArgs, print } from './platform.js'
import { Progress } from './progress.js'
import { helpText, UsageError, whole } from './usage.js'

const HELP = helpText(
  'pack DIR OUT [options]',
  `Makes shards of the images in DIR/<class>/…: tar archives in the layout of WebDataset, with an index beside each, for
tarShards('OUT'). The same images and options give the same bytes. A run that was stopped goes on where it was.`,
  [
    ['DIR', 'a folder of images in class folders, as for imageFolder'],
    ['OUT', 'the folder for the shards; made where there is none'],
    ['--shard-size SIZE', 'bytes after which a new shard begins, such as 500MB or 1GB (default 256MB)'],
    ['--shorter-side N', 're-encode as JPEG, scaled down so that the shorter side has at most N pixels'],
    ['--quality Q', 're-encode as JPEG of this quality, 1 to 100 (default 90 with --shorter-side)'],
    ['--skip-broken', 'leave out images that cannot be re-encoded, and name them, instead of stopping there'],
    ['--jobs N', 'images that are read or re-encoded at a time (default: as many as there are cores)']
  ]
)

/** Runs the command. */
export async function pack(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'shard-size': { type: 'string', default: '256MB' },
      'shorter-side': { type: 'string' },
      quality: { type: 'string' },
      'skip-broken': { type: 'boolean', default: false },
      jobs: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return print(HELP)
  const [dir, out, ...rest] = positionals
  if (dir === undefined || out === undefined || rest.length > 0) {
    throw new UsageError(`Two folders are expected, that of the images and that of the shards.\n\n${HELP}`)
  }
  const shorterSide = whole('--shorter-side', values['shorter-side'], 1)
  const quality = whole('--quality', values.quality, 1) ?? (shorterSide === undefined ? undefined : 90)
  if (quality !== undefined && quality > 100) {
    throw new UsageError(`--quality must be between 1 and 100, but is ${quality}.`)
  }
  const progress = new Progress()
  const made = await packShards({
    dir,
    out,
    shardSize: bytesOf('--shard-size', values['shard-size']),
    encode: quality === undefined ? undefined : { shorterSide, quality },
    skipBroken: values['skip-broken'],
    jobs: whole('--jobs', values.jobs, 1) ?? parallelism(),
    progress
  }).finally(() => progress.end())
  const skipped = made.skipped > 0 ? `, ${made.skipped} broken ones left out` : ''
  const already = made.already ? ' (they were there already)' : ''
  print(`${out}: ${made.images} images in ${made.shards} shards${skipped}${already}`)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 }

function bytesOf(option: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec(text) ?? []
  const bytes = Math.round(Number(number) * UNITS[unit?.toLowerCase() ?? '']!)
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new UsageError(`${option} must be a number of bytes, such as 500MB, but is ${text}.`)
}
