/** TensorFlow.js as the tests use it. */
import type * as tfjs from '@tensorflow/tfjs'
import { loadWebGpu } from '../../examples/loadWebGpu.ts'
import '../../scripts/tfjs-node-shim.mjs'

export type Tf = typeof tfjs

/** tfjs-node, or why it cannot be loaded. */
export async function loadTfjsNode(): Promise<{ readonly tf: Tf | undefined; readonly reason: string }> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  const name: string = '@tensorflow/tfjs-node'
  try {
    return { tf: (await import(name)) as Tf, reason: '' }
  } catch (error) {
    return { tf: undefined, reason: `tfjs-node cannot be loaded: ${String(error).split('\n')[0]}` }
  }
}

/** Plain tfjs with its cpu backend. */
export async function loadTfjsCpu(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs')
  await tf.setBackend('cpu')
  return tf
}

/** tfjs on WebGPU, by a driver for the CPU where there is no other; or why it cannot be loaded. */
export async function loadTfjsWebGpu(): Promise<{ readonly tf: Tf | undefined; readonly reason: string }> {
  try {
    return { tf: (await loadWebGpu()).tf, reason: '' }
  } catch (error) {
    return { tf: undefined, reason: `WebGPU cannot be used: ${String(error).split('\n')[0]}` }
  }
}

/** Plain tfjs with its wasm backend. */
export async function loadTfjsWasm(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs')
  await import('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend('wasm')
  return tf
}
