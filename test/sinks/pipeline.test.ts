import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filter, lastValueFrom, type Observable, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Batch, BatchPlan } from '#dist/batch.js'
import { batch } from '#dist/operators/batch.js'
import { cutMix } from '#dist/operators/cutMix.js'
import { normalize } from '#dist/operators/normalize.js'
import { prefetch } from '#dist/operators/prefetch.js'
import { randomFlip } from '#dist/operators/randomFlip.js'
import { contactSheet } from '#dist/sinks/contactSheet.js'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { toAsyncIterable } from '#dist/sinks/toAsyncIterable.js'
import { toDataset } from '#dist/sinks/toDataset.js'
import { toTensors } from '#dist/sinks/toTensors.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { arrays } from '#dist/sources/arrays.js'
import { loadTfjsCpu, loadTfjsNode, type Tf } from '../support/tfjs.js'

const { tf: node, reason } = await loadTfjsNode()
const cpu = await loadTfjsCpu()

const images = Uint8Array.from({ length: 64 * 8 * 8 * 3 }, (_, i) => Math.imul(i ^ (i >>> 5), 2654435761) >>> 24)
const labels = Array.from({ length: 64 }, (_, i) => i % 4)

/** Eight batches in an epoch. */
function plans(epochs = 1): Observable<BatchPlan> {
  return arrays({ images, labels, shape: [8, 8, 3], classes: 4, seed: 3, shuffle: true, epochs }).pipe(
    randomFlip(),
    batch(8),
    cutMix(),
    normalize()
  )
}

describe('plans', () => {
  it('are executed by each sink that is given them, with the same result as after prefetch', async () => {
    const seen: number[][] = []
    await forEachBatch(plans().pipe(prefetch(3)), ({ images }) => seen.push([...images]))
    expect(seen.length).toBe(8)

    const each: number[][] = []
    await forEachBatch(plans(), ({ images }) => each.push([...images]))
    expect(each).toEqual(seen)

    const iterated: number[][] = []
    for await (const { images } of toAsyncIterable(plans())) iterated.push([...images])
    expect(iterated).toEqual(seen)

    const stepped = plans().pipe(
      trainStep(({ images }) => [...images]),
      toArray()
    )
    expect(await lastValueFrom(stepped)).toEqual(seen)
  })

  it('become tensors of the values that a sink without a device gets', async () => {
    const wanted: number[][] = []
    await forEachBatch(plans(), ({ images }) => wanted.push([...images]))
    expect(difference(await tensorsOf(cpu), wanted)).toBe(0)
  })

  it.skipIf(node === undefined)(`are normalised by tfjs-node as in the worker ${reason}`, async () => {
    const floats = await tensorsOf(cpu)
    await node!.setBackend('tensorflow')
    const formats = new Set<string>()
    await lastValueFrom(
      plans().pipe(
        prefetch(),
        filter(({ images, normalization }) => {
          formats.add(`${images.constructor.name} ${normalization === undefined}`)
          return true
        }),
        toTensors(node!),
        trainStep(doNothing)
      )
    )
    expect([...formats]).toEqual(['Uint8Array false'])
    expect(difference(await tensorsOf(node!), floats)).toBeLessThanOrEqual(1e-6)
    await node!.setBackend('cpu')
  })

  it.skipIf(node === undefined)(
    `reach tfjs-node as the very memory of the slot, aligned for it ${reason}`,
    async () => {
      await node!.setBackend('tensorflow')
      const backend = node!.backend() as unknown as { binding: Binding }
      const { binding } = backend
      const bytes: Uint8Array[] = []
      const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
        if (values instanceof Uint8Array) bytes.push(values)
        return binding.createTensor(shape, dtype, values)
      }
      backend.binding = Object.create(binding, { createTensor: { value: createTensor } }) as Binding
      const slots: Uint8Array[] = []
      const keep = filter<Batch>(({ images }) => slots.push(images as Uint8Array) > 0)
      try {
        await lastValueFrom(plans().pipe(prefetch(), keep, toTensors(node!), trainStep(doNothing)))
      } finally {
        backend.binding = binding
        await node!.setBackend('cpu')
      }
      expect([bytes.length, slots.length]).toEqual([8, 8])
      expect(bytes.every((array, i) => array.buffer === slots[i]!.buffer && array.byteOffset % 64 === 0)).toBe(true)
    }
  )

  it('are drawn', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-plans-'))
    const sheets = plans().pipe(contactSheet(join(folder, 'plans.png')), take(1))
    expect((await lastValueFrom(sheets)).shape).toEqual([8, 8, 8, 3])
    expect(await readdir(folder)).toEqual(['plans.png'])
    await rm(folder, { recursive: true })
  })

  it('train a model over epochs, and leave no tensor', async () => {
    const before = cpu.memory().numTensors
    const dataset = toDataset(plans(2).pipe(toTensors(cpu)))
    const model = cpu.sequential({
      layers: [cpu.layers.flatten({ inputShape: [8, 8, 3] }), cpu.layers.dense({ units: 4 })]
    })
    model.compile({ optimizer: cpu.train.sgd(0.001), loss: 'meanSquaredError' })
    const { epoch } = await model.fitDataset(dataset, { epochs: 2, verbose: 0 })
    expect(epoch).toEqual([0, 1])
    await dataset.close()
    model.dispose()
    model.optimizer.dispose()
    expect(cpu.memory().numTensors).toBe(before)
  })
})

interface Binding {
  createTensor(shape: number[], dtype: number, values: unknown): number
}

function doNothing(): void {}

async function tensorsOf(tf: Tf): Promise<number[][]> {
  const before = tf.memory().numTensors
  const values: number[][] = []
  await forEachBatch(plans().pipe(toTensors(tf)), async ({ xs }) => values.push([...(await xs.data())]))
  expect(tf.memory().numTensors).toBe(before)
  return values
}

/** The largest difference, relative where values are above 1. */
function difference(some: number[][], others: number[][]): number {
  expect(some.map(({ length }) => length)).toEqual(others.map(({ length }) => length))
  const of = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b))
  return Math.max(...some.flatMap((values, i) => values.map((value, j) => of(value, others[i]![j]!))))
}
