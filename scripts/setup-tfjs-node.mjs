// Makes @tensorflow/tfjs-node work here, in whichever way this machine allows:
//   node scripts/setup-tfjs-node.mjs [--optional] [--quiet]
// --optional: exit code 0 even where it cannot be had, for scripts that go on without it.
import { parseArgs } from 'node:util'
import { setupTfjsNode } from './tfjs-node/setup.mjs'

await main()

async function main() {
  const options = { optional: { type: 'boolean' }, quiet: { type: 'boolean' } }
  const { values } = parseArgs({ options })
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort(new Error(`stopped by ${name}`)))
  try {
    const { ok, reason } = await setupTfjsNode({ quiet: values.quiet, signal: stop.signal })
    if (!ok || !values.quiet) console.error(`[tfjs-node] ${reason}`)
    process.exitCode = ok || values.optional ? 0 : 1
  } catch (error) {
    if (!stop.signal.aborted) throw error
    console.error(`[tfjs-node] ${stop.signal.reason.message}`)
    process.exitCode = 130
  }
}
