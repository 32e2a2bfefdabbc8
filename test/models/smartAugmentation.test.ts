import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Tfjs from '@tensorflow/tfjs'
import {
  batch,
  mnist,
  normalize,
  prefetch,
  sameClassTuples,
  smartAugmentation,
  toAsyncIterable,
  toTensors
} from 'millrace'
import { describe, expect, test } from 'vitest'
import { whyMissing } from '../sources/whyMissing.js'
import { loadTfjsNode } from '../support/tfjs.js'

const { tf: node, reason } = await loadTfjsNode()
const tf = node as typeof Tfjs
const missing = reason || (await whyMissing(mnist({ split: 'train' })))

function classifierFor(units = 10, shape: [number, number, number] = [28, 28, 1]) {
  const size = { inputShape: shape, filters: 8, kernelSize: 3, strides: 2 }
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ ...size, activation: 'relu', ...kernel(1) }))
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units, activation: 'softmax', ...kernel(2) }))
  return model
}

function kernel(seed: number) {
  return { kernelInitializer: tf.initializers.heNormal({ seed }) }
}

type Options = Parameters<typeof smartAugmentation<Tfjs.Tensor, Tfjs.LayersModel>>[1]
const smartFor = (options: Options) => smartAugmentation<Tfjs.Tensor, Tfjs.LayersModel>(tf, options)

describe.skipIf(node === undefined)(`smartAugmentation ${reason}`.trim(), () => {
  const tiny = () => ({
    xs: tf.randomUniform([4, 6, 6, 9], 0, 1, 'float32', 3),
    ys: tf.oneHot([0, 1, 1, 0], 2).toFloat() as Tfjs.Tensor
  })
  const weightsOf = (model: Tfjs.LayersModel) => model.getWeights().map(weight => [...weight.dataSync()])

  test('the loss is alpha of A and beta of B; both learn, and no tensor is left', async () => {
    const smart = smartFor({ classifier: classifierFor(2, [6, 6, 3]), k: 2, alpha: 0.3, beta: 0.7, seed: 1 })
    const one = tiny()
    const first = await smart.step(one)
    expect(first.loss).toBeCloseTo(0.3 * first.lossA + 0.7 * first.lossB, 5)
    const count = tf.memory().numTensors
    let last = first
    for (let i = 0; i < 30; i++) last = await smart.step(one)
    expect(tf.memory().numTensors).toBe(count)
    expect(last.loss).toBeLessThan(first.loss)
    smart.dispose()
  })

  test("B's gradient reaches A; without it and without A's loss, A stays", async () => {
    const moved = async (alpha: number, beta: number) => {
      const smart = smartFor({ classifier: classifierFor(2, [6, 6, 3]), alpha, beta, seed: 1 })
      const before = weightsOf(smart.network)
      await smart.step(tiny())
      const after = weightsOf(smart.network)
      return after.some((values, i) => values.some((value, j) => value !== before[i]![j]))
    }
    expect(await moved(0, 1)).toBe(true)
    expect(await moved(1, 0)).toBe(true)
    expect(await moved(0, 0)).toBe(false)
  })

  test('A gets the first k images, in their order; the target is the last one', async () => {
    // A network that copies its second image: 1×1 weights that pick channels 3 to 5 of 6.
    const copy = tf.sequential()
    copy.add(tf.layers.conv2d({ inputShape: [6, 6, 6], filters: 3, kernelSize: 1, useBias: false }))
    const pick = tf.tidy(() => tf.concat([tf.zeros([3, 3]), tf.eye(3)], 0).reshape([1, 1, 6, 3]))
    copy.setWeights([pick])
    const { xs, ys } = tiny()
    const smart = smartFor({ classifier: classifierFor(2, [6, 6, 3]), network: copy })
    const made = smart.generate(xs)
    const second = xs.slice([0, 0, 0, 3], [4, 6, 6, 3])
    const target = xs.slice([0, 0, 0, 6], [4, 6, 6, 3])
    expect([...made.dataSync()]).toEqual([...second.dataSync()])
    const { lossA } = await smart.step({ xs, ys })
    expect(lossA).toBeCloseTo(second.sub(target).square().mean().dataSync()[0]!, 5)
  })

  test('saved and loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-smart-'))
    const [one, other] = [0, 1].map(() => smartFor({ classifier: classifierFor(2, [6, 6, 3]) }))
    const { xs } = tiny()
    await one!.save(`file://${folder}`)
    await other!.load(`file://${folder}`)
    expect([...other!.generate(xs).dataSync()]).toEqual([...one!.generate(xs).dataSync()])
    expect(weightsOf(other!.classifier)).toEqual(weightsOf(one!.classifier))
    await rm(folder, { recursive: true })
  })

  test('a seed fixes the first weights', () => {
    const [one, same, other, drawn] = [3, 3, 4, undefined].map(seed => {
      const { network } = smartFor({ classifier: classifierFor(2, [6, 6, 3]), seed })
      return weightsOf(network)
    })
    expect(same).toEqual(one)
    for (const layer of [0, 2, 4, 6, 8]) {
      expect(other![layer]).not.toEqual(one![layer])
      expect(drawn![layer]).not.toEqual(one![layer])
    }
  })

  test('wrong settings', async () => {
    expect(() => smartFor({ classifier: {} as never })).toThrow(
      /`classifier` must be a model of layers that takes images/
    )
    expect(() => smartFor({ classifier: classifierFor(), k: 0 })).toThrow(/`k` must be/)
    expect(() => smartFor({ classifier: classifierFor(), seed: 0.5 })).toThrow(/`seed` must be/)
    const smart = smartFor({ classifier: classifierFor(2, [6, 6, 3]), k: 3 })
    await expect(smart.step(tiny())).rejects.toThrow(
      /the batch has 9 channels, but 3 inputs and a target of 3 need 12. Put sameClassTuples\(3\)/
    )
  })
})

test.skipIf(missing !== '')(
  `on real digits A learns to merge its inputs ${missing}`.trim(),
  async () => {
    const plans = mnist({ split: 'train', seed: 3, shuffle: true, subset: [0, 0.1], epochs: 9 }).pipe(
      sameClassTuples(2),
      batch(32),
      normalize({ mean: [0], std: [1] }),
      prefetch(2),
      toTensors<Tfjs.Tensor>(tf)
    )
    // A smaller network than the paper's, and more weight on its own loss: so it learns in seconds.
    const network = tf.sequential()
    const same = { kernelSize: 5, padding: 'same' } as const
    network.add(tf.layers.conv2d({ inputShape: [28, 28, 2], filters: 16, activation: 'relu', ...same, ...kernel(3) }))
    network.add(tf.layers.conv2d({ filters: 1, ...same, ...kernel(4) }))
    const optimizer = tf.train.adam(0.005)
    const smart = smartFor({ classifier: classifierFor(), network, optimizer, alpha: 0.9, beta: 0.1 })
    const losses: { lossA: number; lossB: number }[] = []
    let correlations: number[] = []
    for await (const { xs, ys } of toAsyncIterable(plans)) {
      losses.push(await smart.step({ xs, ys }))
      if (losses.length === 80) {
        const made = smart.generate(xs)
        correlations = [0, 1].map(i => correlation(made, xs.slice([0, 0, 0, i], [-1, -1, -1, 1])))
        break
      }
    }
    const mean = (from: number, to: number, key: 'lossA' | 'lossB') =>
      losses.slice(from, to).reduce((sum, step) => sum + step[key], 0) / (to - from)
    expect(mean(70, 80, 'lossA')).toBeLessThan(0.85 * mean(0, 5, 'lossA'))
    expect(mean(70, 80, 'lossB')).toBeLessThan(0.75 * mean(0, 5, 'lossB'))
    // What A makes looks like both of its inputs.
    for (const value of correlations) expect(value).toBeGreaterThan(0.4)
  },
  60_000
)

function correlation(a: Tfjs.Tensor, b: Tfjs.Tensor): number {
  const [x, y] = [a, b].map(tensor => tensor.sub(tensor.mean()).flatten())
  return x!.mul(y!).sum().div(x!.norm().mul(y!.norm())).dataSync()[0]!
}
