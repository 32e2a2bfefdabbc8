import { setupTfjsNode } from '../../scripts/tfjs-node/setup.mjs'

/** tfjs-node, set up where it is not there yet; or, where it cannot be had or is not wanted, pure tfjs. */
export async function loadBackend(wanted) {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_CPU_ALLOCATOR_USE_BFC ??= 'true' // the memory of large tensors is used again: see the README
  if (wanted !== 'cpu') {
    const { ok, reason } = await setupTfjsNode({ onProgress: line => console.log(line) })
    if (ok) {
      await import('../../scripts/tfjs-node-shim.mjs')
      return { tf: await import('@tensorflow/tfjs-node'), full: true }
    }
    if (wanted === 'tensorflow') throw new Error(reason)
    console.log(`${reason} A small dense model learns from a part of the data instead, on pure tfjs.`)
  }
  const tf = await import('@tensorflow/tfjs')
  tf.enableProdMode() // no advice to install tfjs-node, which is what was just tried or declined
  await tf.setBackend('cpu')
  return { tf, full: false }
}
