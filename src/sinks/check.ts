/** Checks of what the sinks are given besides options. */
import { isObservable } from 'rxjs'
import { InvalidOptionError } from '../errors.js'

/** Refuses anything but an Observable. */
export function checkSource(caller: string, source: unknown): void {
  if (isObservable(source)) return
  throw new InvalidOptionError({ caller, option: 'source', expected: 'an Observable', received: source })
}

/** Refuses anything but an abort signal, or none. */
export function checkSignal(caller: string, signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  const hint = 'It is the `signal` of an AbortController.'
  throw new InvalidOptionError({ caller, option: 'signal', expected: 'an AbortSignal', received: signal, hint })
}
