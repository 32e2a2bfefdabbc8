/** The network that merges images of one class into a new one. */
import type { TrainableModel } from './smartTfjs.js'

/** What is used of tfjs to build it. */
export interface LayersFactory {
  sequential(): unknown
  readonly layers: { conv2d(config: object): unknown }
  readonly initializers: {
    constant(config: { value: number }): unknown
    glorotUniform(config: { seed: number }): unknown
  }
}

/** Filters and kernel sizes of the paper's network A, before the last layer. */
const LAYERS = [
  [16, 3],
  [16, 5],
  [32, 7],
  [32, 5]
] as const

/** The first images are dark: from grey, digits on black would be unlearned before they are learned. */
const DARK = -2

/** Convolutions that keep the size; the last one has as many channels as an image, within (0, 1). */
export function generator(
  tf: LayersFactory,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  k: number,
  seed: number | undefined
): TrainableModel {
  const model = tf.sequential() as TrainableModel & { add(layer: unknown): void }
  const weights = (layer: number): object =>
    seed === undefined ? {} : { kernelInitializer: tf.initializers.glorotUniform({ seed: seed + layer }) }
  for (const [i, [filters, kernelSize]] of LAYERS.entries()) {
    const first = i === 0 ? { inputShape: [height, width, k * channels] } : {}
    model.add(tf.layers.conv2d({ filters, kernelSize, padding: 'same', activation: 'relu', ...weights(i), ...first }))
  }
  const biasInitializer = tf.initializers.constant({ value: DARK })
  const last = { filters: channels, kernelSize: 1, activation: 'sigmoid', biasInitializer }
  model.add(tf.layers.conv2d({ ...last, ...weights(LAYERS.length) }))
  return model
}
