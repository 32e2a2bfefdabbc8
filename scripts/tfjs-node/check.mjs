// Whether a copy of tfjs-node loads and computes. It is tried in a process of its own: one that is half there can
// take the whole process with it.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeApi } from './facts.mjs'
import { run } from './run.mjs'

const self = fileURLToPath(import.meta.url)

/**
 * Undefined where the package in this folder works, else why it does not. `modules` is where it finds tfjs, if not in
 * a parent folder; `quick` leaves out the JavaScript around the binding, which takes longer to load than the library.
 */
export async function whyNotWorking(folder, { modules, quick = false, signal } = {}) {
  if (!existsSync(join(folder, 'package.json'))) return 'it is not installed'
  const env = { TF_CPP_MIN_LOG_LEVEL: '2', ...(modules && { NODE_PATH: modules }) }
  const args = [self, folder, quick ? 'quick' : 'whole']
  try {
    await run(process.execPath, args, { what: 'it does not load', env, signal, timeoutMs: 60_000 })
    return undefined
  } catch (error) {
    if (signal?.aborted) throw error
    return error.message
  }
}

async function compute(folder, how) {
  const require = createRequire(join(folder, 'package.json'))
  const product = how === 'quick' ? multiplyInBinding(require) : await multiplyInTfjs(require)
  if (product !== 11) throw new Error(`[1 2] times [3 4] gives ${product}`)
}

async function multiplyInTfjs(require) {
  await import('../tfjs-node-shim.mjs')
  const tf = require('./')
  if (tf.getBackend() !== 'tensorflow') throw new Error(`the backend is ${tf.getBackend()}`)
  return tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]
}

function multiplyInBinding(require) {
  require.resolve('@tensorflow/tfjs')
  const binding = require(`./lib/napi-v${nodeApi(require('./package.json'))}/tfjs_binding.node`)
  const { TF_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE } = binding
  const row = binding.createTensor([1, 2], TF_FLOAT, new Float32Array([1, 2]))
  const column = binding.createTensor([2, 1], TF_FLOAT, new Float32Array([3, 4]))
  const flag = name => ({ name, type: TF_ATTR_BOOL, value: false })
  const attributes = [flag('transpose_a'), flag('transpose_b'), { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }]
  const [product] = binding.executeOp('MatMul', attributes, [row, column], 1)
  return binding.tensorDataSync(product.id)[0]
}

if (process.argv[1] === self) await compute(process.argv[2], process.argv[3])
