/** Moves a little of each label's mass to all classes; nothing is drawn. */
import type { BatchStep } from './step.js'

export interface LabelSmoothingStepOptions {
  readonly epsilon: number
}

export const labelSmoothingStep: BatchStep<LabelSmoothingStepOptions, LabelSmoothingStepOptions> = {
  name: 'labelSmoothing',
  labelsOnly: true,

  draw(_rng, { epsilon }) {
    return epsilon === 0 ? undefined : { epsilon }
  },

  apply({ labels, labelWidth }, { epsilon }) {
    const off = epsilon / labelWidth
    for (let i = 0; i < labels.length; i++) labels[i] = (1 - epsilon) * labels[i]! + off
  }
}
