/** Failures of reading that stay, however often it is tried. */
import { SourceError } from '../errors.js'
import { showLocation } from './location.js'

/** An answer that cannot be used. */
export function refused(url: string, what: string): SourceError {
  return new SourceError(`${showLocation(url)} ${what}.`, { code: 'HTTP' })
}

/** A file that was replaced while it was read. */
export function changedError(location: string): SourceError {
  return new SourceError(
    `${showLocation(location)} changed while it was being read: leave files alone during a run, or start it anew.`,
    { code: 'CHANGED' }
  )
}
