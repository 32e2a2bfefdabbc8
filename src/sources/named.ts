import { SourceError } from '../errors.js'

/** Runs what looks at data; its errors say whose they are. */
export async function named<T>(whose: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause
    const { code, key } = cause
    throw new SourceError(`${whose}: ${cause.message.replace(/\.$/, '')}.`, { cause, code, key })
  }
}
