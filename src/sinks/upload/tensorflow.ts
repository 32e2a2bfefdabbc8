/**
 * tfjs-node: bytes become floats in TensorFlow itself, which is several times faster than in JavaScript and lets the
 * workers write a quarter of the memory. tfjs has no `uint8`, so this speaks to the binding below it.
 */
import type { Batch } from '../../batch.js'
import { scalingOf } from '../../kernels/normalize.js'
import { floatsOf } from './plain.js'
import type { TensorFactory, Uploader } from './uploader.js'

/** What is used of `tf.backend()`. */
interface NodeBackend {
  readonly binding: Binding
  /** Makes a tensor of tfjs from one of TensorFlow. */
  createOutputTensor(tensor: NativeTensor): unknown
}

/** What is used of the native binding. Numbers stand for tensors of TensorFlow. */
interface Binding {
  readonly TF_UINT8: number
  readonly TF_FLOAT: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_BOOL: number
  createTensor(shape: number[], dtype: number, values: Uint8Array | Float32Array): number
  deleteTensor(id: number): void
  executeOp(name: string, attributes: object[], inputs: number[], outputs: number): NativeTensor[]
}

interface NativeTensor {
  readonly id: number
}

/** Constants of height × width × channels in TensorFlow: pixels × scale + offset is normalised. */
interface Affine {
  readonly key: string
  readonly scale: number
  readonly offset: number
}

/**
 * Wraps the batch's memory as a `uint8` tensor without a copy and lets TensorFlow cast it to a tensor of its own, which
 * aliases nothing; then normalises that.
 */
export function tensorflowUploader<T>(tf: TensorFactory<T>, backend: NodeBackend): Uploader<T> {
  const { binding } = backend
  const float = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
  const toFloat = [
    { name: 'SrcT', type: binding.TF_ATTR_TYPE, value: binding.TF_UINT8 },
    { name: 'DstT', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false }
  ]
  let affine: Affine | undefined

  function images(batch: Batch): T {
    if (!(batch.images instanceof Uint8Array)) return tf.tensor(floatsOf(batch), [...batch.shape], 'float32')
    prepare(batch)
    const bytes = { id: binding.createTensor([...batch.shape], binding.TF_UINT8, batch.images) }
    let floats = run('Cast', toFloat, bytes)
    if (affine !== undefined) floats = run('AddV2', [float], run('Mul', [float], floats, affine.scale), affine.offset)
    return backend.createOutputTensor(floats) as T
  }

  /** Runs an operation and frees its first input. */
  function run(name: string, attributes: object[], input: NativeTensor, ...others: number[]): NativeTensor {
    try {
      return binding.executeOp(name, attributes, [input.id, ...others], 1)[0]!
    } finally {
      binding.deleteTensor(input.id)
    }
  }

  /** Batches of one stream are alike, so the constants are made once. */
  function prepare({ shape, normalization }: Batch): void {
    const key = normalization === undefined ? undefined : JSON.stringify([shape.slice(1), normalization])
    if (key === affine?.key) return
    close()
    if (normalization === undefined || key === undefined) return
    const { scale, offset } = scalingOf(normalization, shape[3])
    affine = { key, scale: constant(shape, c => scale[c]!), offset: constant(shape, c => offset[c]!) }
  }

  /** Written out for a whole image: TensorFlow adds that three times faster than a vector of three numbers. */
  function constant([, height, width, channels]: Batch['shape'], value: (channel: number) => number): number {
    const values = Float32Array.from({ length: height * width * channels }, (_, i) => value(i % channels))
    return binding.createTensor([height, width, channels], binding.TF_FLOAT, values)
  }

  function close(): void {
    if (affine === undefined) return
    binding.deleteTensor(affine.scale)
    binding.deleteTensor(affine.offset)
    affine = undefined
  }

  return { format: 'uint8', images, close }
}

/** Whether bytes can be given to this backend. */
export function isNodeBackend(backend: unknown): backend is NodeBackend {
  if (typeof backend !== 'object' || backend === null) return false
  const { binding, createOutputTensor } = backend as Partial<NodeBackend>
  return typeof createOutputTensor === 'function' && typeof binding?.executeOp === 'function'
}
