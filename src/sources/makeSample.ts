/** The one place where samples come into being, so that all have the same hidden class. */
import type { ImageRef, Label, Sample, SourceInfo, Step } from '../sample.js'

/** The list of a sample with nothing to do: one for all, so that operators recognise it. */
export const NO_STEPS: readonly Step[] = Object.freeze([])

/** A new sample without steps. */
export function makeSample(
  key: string,
  index: number,
  epoch: number,
  position: number,
  label: Label,
  image: ImageRef,
  info: SourceInfo
): Sample {
  return { key, index, epoch, position, label, image, steps: NO_STEPS, info }
}
