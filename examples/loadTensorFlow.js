// tfjs-node where it works, else tfjs on the CPU, which is slower but needs no native code.

/** Gives the TensorFlow.js that this machine has. */
export async function loadTensorFlow() {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_CPU_ALLOCATOR_USE_BFC ??= 'true' // the memory of large tensors is used again: see the README
  try {
    await import('../scripts/tfjs-node-shim.mjs') // for Node 23 and later
    return await import('@tensorflow/tfjs-node')
  } catch {
    console.log('tfjs-node cannot be loaded, so this runs on plain tfjs. For the fast one: npm run setup:tfjs-node')
  }
  const tf = await import('@tensorflow/tfjs')
  await tf.setBackend('cpu')
  return tf
}

/** A small classifier: large enough to learn something, small enough for a CPU. */
export function smallModel(tf, inputShape, units = 32) {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape }),
      tf.layers.dense({ units, activation: 'relu', kernelInitializer: tf.initializers.heNormal({ seed: 1 }) }),
      tf.layers.dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotNormal({ seed: 2 })
      })
    ]
  })
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  return model
}
