/** Changes brightness, contrast, saturation and hue by random amounts, in random order. */
import { brightness, contrast, hue, saturation } from './color.js'
import type { Image, SampleStep } from './step.js'

type Range = readonly [low: number, high: number]

/** A range of factors for each change; undefined leaves it out. */
export interface ColorJitterStepOptions {
  readonly brightness: Range | undefined
  readonly contrast: Range | undefined
  readonly saturation: Range | undefined
  readonly hue: Range | undefined
  readonly p: number
}

type Change = 'brightness' | 'contrast' | 'saturation' | 'hue'

const changes: Readonly<Record<Change, (image: Image, amount: number, out: Image) => void>> = {
  brightness,
  contrast,
  saturation,
  hue
}

export interface ColorJitterParams {
  /** In the order in which they are made. */
  readonly changes: readonly { readonly name: Change; readonly amount: number }[]
}

const NAMES = ['brightness', 'contrast', 'saturation', 'hue'] as const

export const colorJitterStep: SampleStep<ColorJitterStepOptions, ColorJitterParams> = {
  name: 'colorJitter',
  inPlace: true,

  draw(rng, options) {
    if (!rng.bool(options.p)) return undefined
    const order = rng.permutation(NAMES.length)
    const drawn = NAMES.map(name => {
      const amount = rng.float()
      const range = options[name]
      return range && { name, amount: range[0] + (range[1] - range[0]) * amount }
    })
    const made = Array.from(order, i => drawn[i]).filter(change => change !== undefined)
    return made.length === 0 ? undefined : { changes: made }
  },

  apply(image, params, out) {
    let from: Image = image
    for (const { name, amount } of params.changes) {
      changes[name](from, amount, out)
      from = out
    }
  }
}
