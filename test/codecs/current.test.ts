/** Which codec a process takes, and what it makes of a pipeline. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { loadNative, loadTurbo } from '#dist/codecs/platform.js'
import { sharpCodec } from '#dist/codecs/sharp.js'

const native = loadNative()
const turbo = loadTurbo()
const why = native === undefined ? ' (skipped: it is not built; npm run build:native)' : ''

const IS_NATIVE = /^native \d.+, sharp \d/
const IS_TURBO = /^jpeg-turbo \d.+, sharp \d/

it('is the fastest one that is there, or the one that the environment names', () => {
  const script = `
    import { currentCodec } from '#dist/codecs/current.js'
    try { console.log(currentCodec().id) } catch (error) { console.log(error.name, error.code, error.message) }`
  const idWith = (value: string): string => outputOf(['--input-type=module', '-e', script], value)
  const others = turbo === undefined ? /^sharp \d/ : IS_TURBO
  expect(idWith('')).toMatch(native === undefined ? others : IS_NATIVE)
  expect(idWith('native')).toMatch(native === undefined ? /^LoaderError CODEC .+ npm run build:native/ : IS_NATIVE)
  expect(idWith('turbo')).toMatch(turbo === undefined ? /^LoaderError CODEC .+ npm install/ : IS_TURBO)
  expect(idWith('sharp')).toBe(sharpCodec.id)
  expect(idWith('fast')).toBe('LoaderError CODEC MILLRACE_CODEC must be native, turbo or sharp, but is "fast".')
})

it.skipIf(native === undefined)(
  `gives the same bytes with any number of workers, and faults for what is broken${why}`,
  () => {
    const outputs = [0, 1, 3].map(workers =>
      outputOf(['test/fixtures/programs/decodes.mjs', String(workers)], 'native')
    )
    const [id, , failed] = outputs[0]!.split('\n')
    expect(id).toMatch(IS_NATIVE)
    expect(failed).toBe('7 15 23')
    expect(new Set(outputs).size).toBe(1)
  }
)

function outputOf(args: readonly string[], codec: string): string {
  const env = { ...process.env, MILLRACE_CODEC: codec }
  return execFileSync(process.execPath, args, { encoding: 'utf8', env }).trim()
}
