import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { gradCam, overlay } from 'millrace'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { memoryBatch } from '../support/batches.js'

beforeAll(() => tf.setBackend('cpu'))

const images = () => tf.randomUniform([3, 12, 10, 3], 0, 1, 'float32', 5)

/** Convolution, global average, dense: the case whose map is known in closed form. */
function pooled(activation: 'softmax' | 'linear' = 'softmax') {
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ inputShape: [12, 10, 3], filters: 5, kernelSize: 3, activation: 'tanh', name: 'conv' }))
  model.add(tf.layers.globalAveragePooling2d({}))
  model.add(tf.layers.dense({ units: 4, activation, name: 'head' }))
  const seeded = model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.3, 'float32', i + 1))
  model.setWeights(seeded)
  return model
}

function features(model: tf.LayersModel, xs: tf.Tensor, name = 'conv'): tf.Tensor4D {
  const part = tf.model({ inputs: model.inputs, outputs: model.getLayer(name).output as tf.SymbolicTensor })
  return part.predict(xs) as tf.Tensor4D
}

describe('gradCam', () => {
  test('with a linear head the weights of a class are those of the head', () => {
    const [model, xs] = [pooled(), images()]
    const { raw, rawShape } = gradCam(tf, model, xs, { class: 2 })
    const kernel = model.getLayer('head').getWeights()[0]!
    const weights = kernel.slice([0, 2], [5, 1]).reshape([1, 1, 1, 5])
    const expected = features(model, xs).mul(weights).sum(3).div(80).relu()
    expect(rawShape).toEqual([3, 10, 8])
    const values = expected.dataSync()
    expect(Math.max(...values)).toBeGreaterThan(0)
    for (const [i, value] of raw.entries()) expect(value).toBeCloseTo(values[i]!, 6)
  })

  test('the score is that before softmax: twice the head gives twice the map', () => {
    const [model, xs] = [pooled(), images()]
    const once = gradCam(tf, model, xs, { class: 1 })
    const head = model.getLayer('head')
    const [kernel, bias] = head.getWeights()
    head.setWeights([kernel!.mul(2), bias!.mul(2)])
    const twice = gradCam(tf, model, xs, { class: 1 })
    for (const [i, value] of twice.raw.entries()) expect(value).toBeCloseTo(2 * once.raw[i]!, 5)
    for (const [i, value] of twice.maps.entries()) expect(value).toBeCloseTo(once.maps[i]!, 5)
  })

  test('the softmax is back when it is done, and no tensor is left', () => {
    const [model, xs] = [pooled(), images()]
    const before = (model.predict(xs) as tf.Tensor).dataSync()
    gradCam(tf, model, xs)
    const count = tf.memory().numTensors
    gradCam(tf, model, xs)
    expect(tf.memory().numTensors).toBe(count)
    expect((model.predict(xs) as tf.Tensor).dataSync()).toEqual(before)
  })

  test('evidence against a class everywhere gives a map of zeros', () => {
    const [model, xs] = [pooled(), images()]
    const conv = model.getLayer('conv')
    conv.setWeights([tf.ones([3, 3, 3, 5]), tf.ones([5])])
    model.getLayer('head').setWeights([tf.fill([5, 4], -1), tf.zeros([4])])
    const { raw, maps } = gradCam(tf, model, xs, { class: 0 })
    expect(new Set(raw)).toEqual(new Set([0]))
    expect(new Set(maps)).toEqual(new Set([0]))
  })

  test('twice the same, although the model has dropout and batch normalisation', () => {
    const model = tf.sequential()
    model.add(tf.layers.conv2d({ inputShape: [12, 10, 3], filters: 4, kernelSize: 3 }))
    model.add(tf.layers.batchNormalization())
    model.add(tf.layers.dropout({ rate: 0.5 }))
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense({ units: 3 }))
    model.add(tf.layers.softmax())
    const xs = images()
    const layer = model.layers[0]!.name
    expect(gradCam(tf, model, xs, { layer })).toEqual(gradCam(tf, model, xs, { layer }))
  })

  test('maps have the size of the images, and a highest value of 1', () => {
    const { maps, shape, classes, scores, layer } = gradCam(tf, pooled(), images())
    expect(shape).toEqual([3, 12, 10])
    expect(layer).toBe('conv')
    expect(classes).toHaveLength(3)
    expect(scores).toHaveLength(3)
    for (let i = 0; i < 3; i++) {
      const map = maps.subarray(i * 120, (i + 1) * 120)
      expect(Math.min(...map)).toBeGreaterThanOrEqual(0)
      expect([0, 1]).toContain(Math.max(...map))
    }
  })

  test('asks for the predicted class, or for that of each image', () => {
    const [model, xs] = [pooled('linear'), images()]
    const predicted = [...(model.predict(xs) as tf.Tensor).argMax(1).dataSync()]
    expect(gradCam(tf, model, xs).classes).toEqual(predicted)
    const each = gradCam(tf, model, xs, { class: [3, 0, 1] })
    for (const [i, one] of [3, 0, 1].entries()) {
      const alone = gradCam(tf, model, xs, { class: one })
      expect(each.raw.subarray(i * 80, (i + 1) * 80)).toEqual(alone.raw.subarray(i * 80, (i + 1) * 80))
    }
  })

  test('functional models with branches beside and after the layer', () => {
    const input = tf.input({ shape: [12, 10, 3] })
    const stem = tf.layers
      .conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'stem' })
      .apply(input) as tf.SymbolicTensor
    const beside = tf.layers.conv2d({ filters: 4, kernelSize: 1, padding: 'same' }).apply(input) as tf.SymbolicTensor
    const one = tf.layers
      .conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'tanh' })
      .apply(stem) as tf.SymbolicTensor
    const sum = tf.layers.add().apply([one, stem, beside]) as tf.SymbolicTensor
    const flat = tf.layers.globalAveragePooling2d({}).apply(sum) as tf.SymbolicTensor
    const out = tf.layers.dense({ units: 3, activation: 'softmax', name: 'head' }).apply(flat) as tf.SymbolicTensor
    const model = tf.model({ inputs: input, outputs: out })
    model.setWeights(model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.4, 'float32', i + 3)))
    const xs = images()
    const { raw } = gradCam(tf, model, xs, { layer: 'stem', class: 1 })
    // The gradient by finite differences: the score rises by weight × step where one map is raised everywhere.
    const stemLayer = model.getLayer('stem')
    const [kernel, bias] = stemLayer.getWeights().map(weight => weight.clone())
    const step = 1e-2
    const base = features(model, xs, 'stem').arraySync()
    const scoresWith = (map: number, by: number) => {
      const raised = (bias!.arraySync() as number[]).map((value, i) => value + (i === map ? by : 0))
      stemLayer.setWeights([kernel!, tf.tensor1d(raised)])
      const { scores } = gradCam(tf, model, xs, { layer: 'stem', class: 1 })
      stemLayer.setWeights([kernel!, bias!])
      return scores
    }
    const weights = [0, 1, 2, 3].map(map => {
      const [up, down] = [scoresWith(map, step), scoresWith(map, -step)]
      return Array.from(up, (score, i) => (score - down[i]!) / (2 * step) / 120)
    })
    let largest = 0
    for (let i = 0; i < 3; i++) {
      for (const p of [0, 37, 119]) {
        const pixel = base[i]![Math.floor(p / 10)]![p % 10]!
        const expected = Math.max(
          0,
          pixel.reduce((sum, value, map) => sum + value * weights[map]![i]!, 0)
        )
        expect(Math.abs(raw[i * 120 + p]! - expected)).toBeLessThan(1e-4)
        largest = Math.max(largest, expected)
      }
    }
    expect(largest).toBeGreaterThan(5e-3)
  })

  test('what cannot be explained says so', () => {
    const [model, xs] = [pooled(), images()]
    expect(() => gradCam(tf, model, xs, { layer: 'head' })).toThrow(
      /`layer` must be one of the layers with an output of rank 4 \(conv/
    )
    expect(() => gradCam(tf, model, xs, { class: 4 })).toThrow(/`class` must be a whole number between 0 and 3/)
    expect(() => gradCam(tf, model, xs, { class: [1] })).toThrow(/one class, or 3, one for each image/)
    expect(() => gradCam(tf, model, tf.zeros([2, 2]))).toThrow(/`images` must be a tensor of rank 4/)
    expect(() => gradCam({}, model, xs)).toThrow(/`tf` must be TensorFlow.js/)
    expect(() => gradCam(tf, {}, xs)).toThrow(/`model` must be a model of layers/)
  })
})

test('overlay writes images beside their maps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-overlay-'))
  const batch = memoryBatch({ n: 2, size: 16 })
  const maps = new Float32Array(512)
  maps.fill(1, 0, 128) // the upper half of the first image
  const cam = {
    maps,
    shape: [2, 16, 16],
    raw: maps,
    rawShape: [2, 16, 16],
    classes: [0, 1],
    scores: new Float32Array(2),
    layer: 'conv'
  } as const
  const path = join(folder, 'deep', 'cam.png')
  await overlay(path, batch, cam, { opacity: 1 })
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true })
  const yellow = Array.from({ length: data.length / 3 }, (_, p) => data.subarray(3 * p, 3 * p + 3)).filter(
    ([r, g, b]) => r === 252 && g === 255 && b === 164
  )
  expect(yellow.length).toBe(96 * 48)
  expect(info.width).toBeGreaterThan(4 * 96)
  await expect(overlay(path, batch, { ...cam, shape: [2, 8, 16] })).rejects.toThrow(
    /the batch is 2×16×16, but the maps are 2×8×16/
  )
  await rm(folder, { recursive: true })
})
