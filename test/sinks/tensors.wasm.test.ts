import type { Tensor4D } from '@tensorflow/tfjs'
import { lastValueFrom, map, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { toTensors } from '#dist/sinks/toTensors.js'
import { trainStep } from '#dist/sinks/trainStep.js'
import { registerFilterGradient } from '#dist/sinks/upload/wasm.js'
import { memorySource } from '../support/memorySource.js'
import { loadTfjsWasm } from '../support/tfjs.js'
import { tensorSuite } from './tensorSuite.js'

const tf = await loadTfjsWasm()

describe('tensors on the wasm backend', () => tensorSuite(tf))

describe('convolutions on the wasm backend', () => {
  const cases = [
    { filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
    { filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
    { filter: [5, 2, 3, 1], strides: [2, 1], pad: 'valid' },
    { filter: [1, 1, 3, 7], strides: 3, pad: 'valid' },
    { filter: [3, 3, 3, 2], strides: 2, pad: 1 }
  ] as const

  it.each(cases)('have the gradient of the cpu backend: $filter, strides $strides, pad $pad', async options => {
    registerFilterGradient(tf)
    const [wasm, cpu] = [await gradientOn('wasm', options), await gradientOn('cpu', options)]
    await tf.setBackend('wasm')
    expect(wasm.length).toBe(cpu.length)
    expect(Math.max(...cpu.map((value, i) => Math.abs(value - wasm[i]!)))).toBeLessThan(1e-5)
    expect(Math.max(...cpu.map(Math.abs))).toBeGreaterThan(0.1)
  })

  it('learn, and hold the number of tensors level', async () => {
    const kernelInitializer = tf.initializers.heNormal({ seed: 1 })
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer })
      ]
    })
    const optimizer = tf.train.adam(0.02)
    model.compile({ optimizer, loss: 'categoricalCrossentropy' })
    const normalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
    const { source } = memorySource({ batches: 30, n: 10, classes: 2, normalization })
    // Class 1 has brighter columns: something to learn.
    const stripes = tf.tile(tf.tensor([0, 1], [1, 1, 2, 1]), [1, 8, 4, 3])
    const counts: number[] = []
    const losses = await lastValueFrom(
      source.pipe(
        toTensors(tf),
        map(batch => ({
          ...batch,
          xs: tf.tidy(() => batch.xs.add(batch.ys.slice([0, 1]).reshape([10, 1, 1, 1]).mul(stripes)))
        })),
        trainStep(async ({ xs, ys }) => {
          counts.push(tf.memory().numTensors)
          return (await model.trainOnBatch(xs, ys)) as number
        }),
        toArray()
      )
    )
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2)
    expect(counts.at(-2)).toBe(counts[2])
    tf.dispose(stripes)
    model.dispose()
    optimizer.dispose()
  })
})

async function gradientOn(backend: string, { filter, strides, pad }: Convolution): Promise<number[]> {
  await tf.setBackend(backend)
  const values = (count: number, by: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i * by))
  const gradient = tf.tidy(() => {
    const x = tf.tensor4d(values(2 * 9 * 11 * 3, 0.37), [2, 9, 11, 3])
    const kernel = tf.zeros(filter as [number, number, number, number]) as Tensor4D
    const convolve = (k: Tensor4D): Tensor4D => tf.conv2d(x, k, strides as number, pad as 'same')
    const out = convolve(kernel)
    return tf.grad(k => convolve(k as Tensor4D))(kernel, tf.tensor(values(out.size, 0.11), out.shape))
  })
  const result = [...(await gradient.data())]
  gradient.dispose()
  return result
}

interface Convolution {
  readonly filter: readonly [number, number, number, number]
  readonly strides: number | readonly number[]
  readonly pad: 'same' | 'valid' | number
}
