import { spatialDropout2d } from 'millrace'

/** Filters and strides; the maps of the last one have an eighth of the image's width and height. */
const CONVOLUTIONS = [
  [16, 2],
  [32, 2],
  [64, 2],
  [64, 1]
]

/**
 * The classifier: four convolutions of 3 × 3, each with batch normalisation and ReLU, averaged over the image; 62,000
 * parameters. The same seed gives the same first weights, whatever else is switched on or off.
 */
export function createNetwork(tf, options) {
  const { seed, size = 32, batchNormalization = true, dropout = 0, spatialDropout = 0 } = options
  const model = tf.sequential()
  for (const [i, [filters, strides]] of CONVOLUTIONS.entries()) {
    if (i === CONVOLUTIONS.length - 1 && spatialDropout > 0) {
      model.add(spatialDropout2d(tf)({ rate: spatialDropout, seed, name: 'spatialDropout' }))
    }
    const convolution = {
      filters,
      strides,
      kernelSize: 3,
      padding: 'same',
      useBias: !batchNormalization,
      kernelInitializer: tf.initializers.heNormal({ seed: seed * 100 + i + 1 }),
      ...(i === 0 ? { inputShape: [size, size, 3] } : {})
    }
    model.add(tf.layers.conv2d(convolution))
    if (batchNormalization) model.add(tf.layers.batchNormalization({ momentum: 0.9 }))
    model.add(tf.layers.reLU())
  }
  model.add(tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }))
  if (dropout > 0) model.add(tf.layers.dropout({ rate: dropout, name: 'dropout' }))
  const kernelInitializer = tf.initializers.glorotNormal({ seed: seed * 100 + CONVOLUTIONS.length + 1 })
  model.add(tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer }))
  return model
}

/** Network A of Smart Augmentation, from two images to one. */
export function createMerger(tf, { seed, k }) {
  const layer = (i, config) =>
    tf.layers.conv2d({
      padding: 'same',
      kernelInitializer: tf.initializers.heNormal({ seed: seed * 100 + 50 + i }),
      ...config
    })
  return tf.sequential({
    layers: [
      layer(1, { filters: 16, kernelSize: 3, activation: 'relu', inputShape: [32, 32, k * 3] }),
      layer(2, { filters: 16, kernelSize: 3, activation: 'relu' }),
      layer(3, { filters: 3, kernelSize: 1, activation: 'sigmoid' })
    ]
  })
}

/**
 * Makes dropout a function of the step, so that a run can be resumed: `tf.layers.dropout` repeats its mask for ever where
 * it has a seed, and cannot be repeated where it has none.
 */
export function dropoutAt(model, { seed }) {
  const layers = new Map(model.layers.map(layer => [layer.name, layer]))
  const dropout = layers.get('dropout')
  const spatial = layers.get('spatialDropout')
  return step => {
    if (dropout !== undefined) dropout.seed = seed * 1e6 + step + 1 // 0 would be none
    if (spatial !== undefined) spatial.step = step
  }
}
