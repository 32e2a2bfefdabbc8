/** The codec of this process: the fastest one that is installed, or the one that `MILLRACE_CODEC` names. */
import { LoaderError } from '../errors.js'
import type { Codec } from './codec.js'
import { environment, loadTurbo } from './platform.js'
import { loadSharp, sharpCodec } from './sharp.js'
import { turboCodec } from './turbo.js'

const VARIABLE = 'MILLRACE_CODEC'

let codec: Codec | undefined

/**
 * The codec of this process.
 *
 * @throws LoaderError where the one that the environment names is unknown, or cannot be loaded
 */
export function currentCodec(): Codec {
  codec ??= choose(environment(VARIABLE))
  return codec
}

/** Loads the native code. The main thread must have done so before another thread does. */
export async function loadCodec(): Promise<void> {
  currentCodec()
  await loadSharp()
}

function choose(name: string | undefined): Codec {
  if (name === 'sharp') return sharpCodec
  if (name !== undefined && name !== '' && name !== 'turbo') {
    throw new LoaderError('CODEC', `${VARIABLE} must be turbo or sharp, but is ${JSON.stringify(name)}.`)
  }
  const turbo = loadTurbo()
  if (turbo !== undefined) return turboCodec(turbo.binding, turbo.version)
  if (name !== 'turbo') return sharpCodec
  throw new LoaderError(
    'CODEC',
    `${VARIABLE} asks for turbo, but @julusian/jpeg-turbo cannot be loaded. Install it with npm install @julusian/jpeg-turbo@2.3, or unset ${VARIABLE}.`
  )
}
