import { from, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { toTensors } from '#dist/sinks/toTensors.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { memoryBatch } from '../support/batches.js'
import { memorySource } from '../support/memorySource.js'
import { loadTfjsWebGpu, type Tf } from '../support/tfjs.js'
import { tensorSuite } from './tensorSuite.js'

const { tf, reason } = await loadTfjsWebGpu()

describe('tensors on the webgpu backend', () => {
  if (tf === undefined) {
    it.skip(reason, () => {})
    return
  }
  tensorSuite(tf)

  it('cost a quarter of the upload', async () => {
    const normalization = { mean: [0.5, 0.4, 0.3], std: [0.1, 0.2, 0.3] }
    const uploaded = async (format: 'uint8' | 'float32'): Promise<number[]> => {
      const { source } = memorySource({ batches: 3, n: 4, size: 32, format, normalization })
      const sizes = countUploads(tf, () =>
        forEachBatch(source.pipe(toTensors(tf)), ({ xs }) => tf.add(xs, xs).dispose())
      )
      return (await sizes).uploads.filter(size => size > 1000) // what remains are constants and uniforms
    }
    expect(await uploaded('float32')).toEqual(Array(3).fill(4 * 32 * 32 * 3 * 4))
    expect(await uploaded('uint8')).toEqual(Array(3).fill(4 * 32 * 32 * 3))
  })

  it('come through the same memory again and again', async () => {
    const { source } = memorySource({ batches: 12, n: 4, size: 32 })
    const { uploads, buffers } = await countUploads(tf, () =>
      lastValueFrom(
        source.pipe(
          toTensors(tf),
          trainStep(async ({ xs }) => void (await xs.data())),
          toArray()
        )
      )
    )
    expect(uploads.filter(size => size === 4 * 32 * 32 * 3)).toHaveLength(12)
    expect(buffers.filter(size => size === 4 * 32 * 32 * 3).length).toBeLessThanOrEqual(4)
  })

  it('are right where a batch is no whole number of words, and where shapes change', async () => {
    const shapes = [
      { n: 3, size: 5, channels: 1 },
      { n: 2, size: 5, channels: 1 },
      { n: 1, size: 3, channels: 5 },
      { n: 3, size: 97, channels: 3 },
      { n: 1, size: 1, channels: 3 }
    ].map(shape => ({ ...shape, normalization: numbers(shape.channels) }))
    const got = await lastValueFrom(
      from(shapes.map(shape => memoryBatch(shape))).pipe(
        toTensors(tf),
        trainStep(async ({ xs }) => [...(await xs.data())]),
        toArray()
      )
    )
    const wanted = shapes.map(shape => [...memoryBatch({ ...shape, format: 'float32' }).images])
    expect(got.map(values => values.length)).toEqual(wanted.map(values => values.length))
    const worst = wanted.map((values, i) => Math.max(...values.map((value, j) => Math.abs(value - got[i]![j]!))))
    expect(Math.max(...worst)).toBeLessThan(5e-6)
  })
})

function numbers(channels: number): { mean: number[]; std: number[] } {
  const of = (first: number): number[] => Array.from({ length: channels }, (_, c) => first + c / 10)
  return { mean: of(0.2), std: of(0.3) }
}

interface GpuBuffer {
  readonly size: number
  unmap(): void
}

interface Backend {
  readonly device: { createBuffer(options: { size: number; mappedAtCreation?: boolean }): GpuBuffer }
  readonly queue: { writeBuffer(buffer: unknown, at: number, data: unknown, from: number, size: number): void }
}

interface Uploads {
  readonly uploads: readonly number[]
  /** Made for them. */
  readonly buffers: readonly number[]
}

/** Bytes of each upload to the device while a function runs, by whichever of the two ways. */
async function countUploads(tf: Tf, run: () => Promise<unknown>): Promise<Uploads> {
  const { device, queue } = tf.backend() as unknown as Backend
  const { createBuffer } = device
  const { writeBuffer } = queue
  const uploads: number[] = []
  const buffers: number[] = []
  device.createBuffer = options => {
    const buffer = createBuffer.call(device, options)
    if (!options.mappedAtCreation) return buffer
    buffers.push(options.size)
    const { unmap } = buffer
    buffer.unmap = () => {
      uploads.push(options.size)
      unmap.call(buffer)
    }
    return buffer
  }
  queue.writeBuffer = (buffer, at, data, from, size) => {
    uploads.push(size)
    writeBuffer.call(queue, buffer, at, data, from, size)
  }
  try {
    await run()
  } finally {
    device.createBuffer = createBuffer
    queue.writeBuffer = writeBuffer
  }
  return { uploads, buffers }
}
