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
  readonly TF_INT32: number
  readonly TF_FLOAT: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_STRING: number
  createTensor(shape: number[], dtype: number, values: Uint8Array | Int32Array | Float32Array): number
  deleteTensor(id: number): void
  executeOp(name: string, attributes: object[], inputs: number[], outputs: number): NativeTensor[]
}

interface NativeTensor {
  readonly id: number
}

/** Constants in TensorFlow for one row of pixels: row × scale + offset is normalised. */
interface Affine {
  readonly key: string
  /** Scale, offset, mean (zeros) and variance (ones), as batch normalisation takes them. */
  readonly constants: readonly number[]
}

/**
 * Wraps the batch's memory as a `uint8` tensor without a copy (slots begin at multiples of 64 bytes, which TensorFlow
 * asks for) and lets TensorFlow cast it to a tensor of its own, which aliases nothing; then normalises that.
 *
 * On a GPU (tfjs-node-gpu) TensorFlow brings the bytes to its memory first, and does the rest there.
 */
export function tensorflowUploader<T>(tf: TensorFactory<T>, backend: NodeBackend): Uploader<T> {
  const { binding } = backend
  const type = (name: string, value: number): object => ({ name, type: binding.TF_ATTR_TYPE, value })
  const flag = (name: string): object => ({ name, type: binding.TF_ATTR_BOOL, value: false })
  const [float, byte] = [binding.TF_FLOAT, binding.TF_UINT8]
  const toFloat = [type('SrcT', byte), type('DstT', float), flag('Truncate')]
  const toShape = [type('T', float), type('Tshape', binding.TF_INT32)]
  const byConstants = [
    type('T', float),
    type('U', float),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: 0 },
    { name: 'exponential_avg_factor', type: binding.TF_ATTR_FLOAT, value: 1 },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    flag('is_training')
  ]
  let affine: Affine | undefined

  function images(batch: Batch): T {
    const { images, shape } = batch
    if (!(images instanceof Uint8Array)) return tf.tensor(floatsOf(batch), [...shape], 'float32')
    prepare(batch)
    const [n, height, width, channels] = shape
    if (affine === undefined) return backend.createOutputTensor(cast(images, [...shape])) as T
    // Scaled and shifted in one pass, row by row: TensorFlow is several times slower with rows of three numbers.
    const rows = cast(images, [n * height, 1, 1, width * channels])
    const [normal, ...rest] = run('FusedBatchNormV3', byConstants, [rows.id, ...affine.constants], 6)
    for (const { id } of rest) binding.deleteTensor(id)
    const whole = binding.createTensor([4], binding.TF_INT32, Int32Array.from(shape))
    try {
      return backend.createOutputTensor(run('Reshape', toShape, [normal!.id, whole])[0]!) as T
    } finally {
      binding.deleteTensor(whole)
    }
  }

  function cast(bytes: Uint8Array, shape: number[]): NativeTensor {
    return run('Cast', toFloat, [binding.createTensor(shape, byte, bytes)])[0]!
  }

  /** Runs an operation and frees its first input. */
  function run(name: string, attributes: object[], inputs: number[], outputs = 1): NativeTensor[] {
    try {
      return binding.executeOp(name, attributes, inputs, outputs)
    } finally {
      binding.deleteTensor(inputs[0]!)
    }
  }

  /** Batches of one stream are alike, so the constants are made once. */
  function prepare({ shape: [, , width, channels], normalization }: Batch): void {
    const key = normalization === undefined ? undefined : JSON.stringify([width, channels, normalization])
    if (key === affine?.key) return
    close()
    if (normalization === undefined || key === undefined) return
    const { scale, offset } = scalingOf(normalization, channels)
    const row = (value: (channel: number) => number): number => {
      const values = Float32Array.from({ length: width * channels }, (_, i) => value(i % channels))
      return binding.createTensor([values.length], float, values)
    }
    affine = { key, constants: [row(c => scale[c]!), row(c => offset[c]!), row(() => 0), row(() => 1)] }
  }

  function close(): void {
    for (const id of affine?.constants ?? []) binding.deleteTensor(id)
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
