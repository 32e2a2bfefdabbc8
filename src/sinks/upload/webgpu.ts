/**
 * WebGPU: bytes go to the device as they are, four channels to a 32-bit word, a quarter of what floats would be; a
 * shader there unpacks and normalises them.
 */
import type { Batch } from '../../batch.js'
import { scalingOf } from '../../kernels/normalize.js'
import { COPY_DST, COPY_SRC, fill, type Gpu, type GpuBuffer, type GpuPipeline, STORAGE, UNIFORM } from './gpu.js'
import { floatsOf } from './plain.js'
import { Staging } from './staging.js'
import type { TensorFactory, Uploader } from './uploader.js'

/** What is used of `tf.backend()`: the device of the standard that all of tfjs' own work goes to. */
interface WebGpuBackend {
  readonly device: Gpu
}

/** Words of a workgroup, and the most workgroups along one axis that every device allows. */
const GROUP = 256
const MOST_GROUPS = 65_535

/** Whole numbers before the constants: channels, values, and invocations in a row of workgroups; one is unused. */
const HEADER = 4

const shader = (vectors: number): string => `
  struct Affine { channels: u32, count: u32, row: u32, unused: u32, scale: array<vec4f, ${vectors}>, offset: array<vec4f, ${vectors}> }
  @group(0) @binding(0) var<storage, read> words: array<u32>;
  @group(0) @binding(1) var<storage, read_write> floats: array<f32>;
  @group(0) @binding(2) var<uniform> affine: Affine;

  @compute @workgroup_size(${GROUP})
  fn main(@builtin(global_invocation_id) id: vec3u) {
    let first = 4u * (id.y * affine.row + id.x);
    if (first >= affine.count) { return; }
    let bytes = unpack4xU8(words[first / 4u]);
    for (var k = 0u; k < 4u && first + k < affine.count; k++) {
      let channel = (first + k) % affine.channels;
      let scale = affine.scale[channel / 4u][channel % 4u];
      floats[first + k] = f32(bytes[k]) * scale + affine.offset[channel / 4u][channel % 4u];
    }
  }`

/** What is made once for batches of one shape. */
interface Plan {
  readonly key: string
  readonly staging: Staging
  readonly words: GpuBuffer
  readonly floats: GpuBuffer
  readonly affine: GpuBuffer
  readonly pipeline: GpuPipeline
  readonly bindings: object
  readonly groups: readonly [x: number, y: number]
}

/**
 * Bytes and floats go to buffers that are used again and again: the queue of the device keeps the order, so tfjs has
 * copied one batch to a tensor of its own before the next is unpacked. (The queue's `writeBuffer` would be shorter than
 * staging, but Dawn crashes on shared memory there.)
 */
export function webgpuUploader<T>(tf: TensorFactory<T>, { device }: WebGpuBackend): Uploader<T> {
  let plan: Plan | undefined
  const tensor = tf.tensor.bind(tf) as unknown as (data: { buffer: GpuBuffer }, shape: number[], dtype: 'float32') => T

  function images(batch: Batch): T {
    const { images, shape } = batch
    if (!(images instanceof Uint8Array)) return tf.tensor(floatsOf(batch), [...shape], 'float32')
    const { staging, words, floats, pipeline, bindings, groups } = prepare(batch, images.length)
    const staged = staging.filled(images)
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(staged, 0, words, 0, wholeWords(images.length))
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, bindings)
    pass.dispatchWorkgroups(...groups)
    pass.end()
    device.queue.submit([encoder.finish()])
    staging.giveBack(staged)
    return tensor({ buffer: floats }, [...shape], 'float32')
  }

  /** Batches of one stream are alike, so this is made once. */
  function prepare({ shape, normalization }: Batch, length: number): Plan {
    const key = JSON.stringify([shape, normalization])
    if (plan?.key === key) return plan
    close()
    const count = Math.ceil(length / 4 / GROUP)
    const groups = [Math.min(count, MOST_GROUPS), Math.ceil(count / MOST_GROUPS)] as const
    const constants = constantsOf(shape[3], normalization, length, groups[0] * GROUP)
    const module = device.createShaderModule({ code: shader((constants.length - HEADER) / 8) })
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } })
    const words = device.createBuffer({ size: wholeWords(length), usage: STORAGE | COPY_DST })
    // The usage that tfjs gives its own buffers, because its copy gets the same.
    const floats = device.createBuffer({ size: 4 * length, usage: STORAGE | COPY_SRC | COPY_DST })
    const affine = device.createBuffer({ size: constants.byteLength, usage: UNIFORM, mappedAtCreation: true })
    fill(affine, new Uint8Array(constants.buffer))
    const entries = [words, floats, affine].map((buffer, binding) => ({ binding, resource: { buffer } }))
    const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
    plan = { key, staging: new Staging(device, wholeWords(length)), words, floats, affine, pipeline, bindings, groups }
    return plan
  }

  function close(): void {
    plan?.staging.close()
    for (const buffer of plan === undefined ? [] : [plan.words, plan.floats, plan.affine]) buffer.destroy()
    plan = undefined
  }

  return { format: 'uint8', images, close }
}

function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}

function constantsOf(
  channels: number,
  normalization: Batch['normalization'],
  count: number,
  row: number
): Float32Array<ArrayBuffer> {
  const vectors = Math.ceil(channels / 4)
  const { scale, offset } = scalingOf(normalization, channels)
  const values = new Float32Array(HEADER + 8 * vectors)
  new Uint32Array(values.buffer).set([channels, count, row])
  values.set(scale.subarray(0, channels), HEADER)
  values.set(offset.subarray(0, channels), HEADER + 4 * vectors)
  return values
}

/** Whether bytes can be given to this backend. */
export function isWebGpuBackend(backend: unknown): backend is WebGpuBackend {
  const device = (backend as Partial<WebGpuBackend> | null | undefined)?.device
  return typeof device?.createComputePipeline === 'function' && typeof device.queue?.submit === 'function'
}
