/** Stacks images of one class in the channels: the inputs of a network that learns to merge them, and its target. */
import { OperatorError, ShapeError } from '../errors.js'
import type { Rng } from '../random/rng.js'
import type { Image, SampleStep } from './step.js'

export interface SameClassTuplesStepOptions {
  /** Inputs, the sample itself included. */
  readonly k: number
}

export const sameClassTuplesStep: SampleStep<SameClassTuplesStepOptions, { readonly k: number }> = {
  name: 'sameClassTuples',

  partners(rng, { k }, { label }, { own, classes }) {
    if (classes === undefined || typeof label !== 'number') {
      throw new OperatorError(
        'sameClassTuples',
        'the classes of the data set must be known beforehand, as those of imageFolder, arrays, cifar10 and mnist are, and those of indexed with `classOf`; labels must be class indices.'
      )
    }
    return drawOthers(rng, classes[label]!, own, k)
  },

  draw(_rng, { k }, shape, _sample, partners) {
    const other = partners.find(partner => partner.join() !== shape.join())
    if (other === undefined) return { k }
    throw new ShapeError(
      `sameClassTuples: the image is ${shape.join('×')}, and another one of its class ${other.join('×')}. Put a crop or resize to one size before it.`
    )
  },

  outShape: ({ k }, [height, width, channels]) => [height, width, (k + 1) * channels],

  outChannels: ({ k }, channels) => (k + 1) * channels,

  geometry: {
    point: (_params, _shape, x, y) => [x, y],
    mask: (mask, _params, out) => out.data.set(mask.data)
  },

  apply(image, _params, out, partners) {
    copyChannels(image, 0, out)
    for (const [i, partner] of partners.entries()) copyChannels(partner, (i + 1) * image.channels, out)
  }
}

/**
 * The places of k others of a class. They differ from each other and from `own` while the class has enough; where it
 * has not, all of it is taken before any is taken again.
 */
function drawOthers(rng: Rng, places: Uint32Array, own: number, k: number): number[] {
  const others: number[] = []
  let taken = new Set([own])
  while (others.length < k) {
    if (taken.size >= places.length) taken = new Set(places.length > 1 ? [others.at(-1) ?? own] : [])
    const place = places[rng.int(places.length)]!
    if (taken.has(place)) continue
    taken.add(place)
    others.push(place)
  }
  return others
}

function copyChannels({ data, channels }: Image, at: number, out: Image): void {
  for (let from = 0, to = at; from < data.length; to += out.channels - channels) {
    for (let c = 0; c < channels; c++) out.data[to++] = data[from++]!
  }
}
