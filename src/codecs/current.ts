/** The codec of this process: the fastest one that is there, or the one that `MILLRACE_CODEC` names. */
import { LoaderError } from '../errors.js'
import type { Codec } from './codec.js'
import { nativeCodec } from './native.js'
import { environment, loadNative, loadTurbo } from './platform.js'
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
  if (name === undefined || name === '') return native() ?? turbo() ?? sharpCodec
  if (name === 'sharp') return sharpCodec
  if (name === 'native') return native() ?? missing(name, 'the addon', 'Build it with npm run build:native')
  if (name === 'turbo') {
    return turbo() ?? missing(name, '@julusian/jpeg-turbo', 'Install it with npm install @julusian/jpeg-turbo@2.3')
  }
  throw new LoaderError('CODEC', `${VARIABLE} must be native, turbo or sharp, but is ${JSON.stringify(name)}.`)
}

function native(): Codec | undefined {
  const binding = loadNative()
  return binding && nativeCodec(binding)
}

function turbo(): Codec | undefined {
  const loaded = loadTurbo()
  return loaded && turboCodec(loaded.binding, loaded.version)
}

function missing(name: string, what: string, remedy: string): never {
  throw new LoaderError(
    'CODEC',
    `${VARIABLE} asks for ${name}, but ${what} cannot be loaded. ${remedy}, or unset ${VARIABLE}.`
  )
}
