/** The network, its optimizer, and the learning rate as a function of progress. */
export function createModel(tf, { full, seed }) {
  const model = full ? convolutional(tf, seed) : dense(tf, seed)
  const optimizer = tf.train.adam(PEAK_RATE)
  model.compile({ optimizer, loss: 'categoricalCrossentropy' })
  return {
    model,
    optimizer,
    epochs: 2,
    description: full ? 'a convolutional network' : 'a dense network'
  }
}

const PEAK_RATE = 0.004
const WARM_UP = 0.2

/**
 * One cycle: up to the peak, then down to almost nothing. A pure function, so that a resumed run goes on with the very
 * rate that it would have had.
 */
export function learningRate(progress) {
  const share = progress < WARM_UP ? progress / WARM_UP : (1 - progress) / (1 - WARM_UP)
  return PEAK_RATE * Math.max(0.02, Math.min(1, share))
}

function convolutional(tf, seed) {
  let n = 0
  const convolution = (filters, options = {}) => [
    tf.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: tf.initializers.heNormal({ seed: seed * 100 + ++n }),
      ...options
    }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.reLU()
  ]
  return tf.sequential({
    layers: [
      ...convolution(32, { strides: 2, inputShape: [32, 32, 3] }),
      ...convolution(64),
      ...convolution(128, { strides: 2 }),
      ...convolution(128, { strides: 2 }),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotNormal({ seed: seed * 100 + ++n })
      })
    ]
  })
}

function dense(tf, seed) {
  const kernel = n => tf.initializers.heNormal({ seed: seed * 100 + n })
  return tf.sequential({
    layers: [
      tf.layers.averagePooling2d({ poolSize: 2, inputShape: [32, 32, 3] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 64, activation: 'relu', kernelInitializer: kernel(1) }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernel(2) })
    ]
  })
}
