import * as tf from '@tensorflow/tfjs'
import { spatialDropout2d } from 'millrace'
import { beforeAll, describe, expect, test } from 'vitest'

const dropMaps = spatialDropout2d(tf)
beforeAll(() => tf.setBackend('cpu'))

/** What a layer makes of ones in training: the values of each map of each sample. */
function maps(
  layer: ReturnType<typeof dropMaps>,
  [n, h, w, c]: [number, number, number, number] = [4, 3, 2, 16]
): Float32Array[] {
  const out = tf.tidy(() =>
    (layer.apply(tf.ones([n, h, w, c]), { training: true }) as tf.Tensor).dataSync()
  ) as Float32Array
  return Array.from({ length: n * c }, (_, i) => {
    const [sample, map] = [Math.floor(i / c), i % c]
    return Float32Array.from({ length: h * w }, (_, p) => out[(sample * h * w + p) * c + map]!)
  })
}

describe('spatialDropout2d', () => {
  test('every map is zero all over, or exactly 1 / (1 − rate)', () => {
    for (const map of maps(dropMaps({ rate: 0.3 }))) {
      expect(new Set(map).size).toBe(1)
      expect([0, Math.fround(1 / 0.7)]).toContain(map[0])
    }
  })

  test('drops the given share, independently for samples and maps, and keeps the mean', () => {
    const layer = dropMaps({ rate: 0.25, seed: 3 })
    const all = Array.from({ length: 40 }, () => maps(layer, [8, 1, 1, 32]).map(map => map[0]!)).flat()
    const dropped = all.filter(value => value === 0).length
    expect(Math.abs(dropped - 0.25 * all.length)).toBeLessThan(4 * Math.sqrt(all.length * 0.25 * 0.75))
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.25 / 0.75 / all.length))
    // Whether a map is dropped says nothing of the next one, or of the same one of the next sample.
    for (const step of [1, 32]) {
      const pairs = all.slice(step).filter((value, i) => value === 0 && all[i] === 0).length
      const n = all.length - step
      expect(Math.abs(pairs - n / 16)).toBeLessThan(4 * Math.sqrt((n / 16) * (15 / 16)))
    }
  })

  test('another mask at each step, with the same seed the same again', () => {
    const steps = () => {
      const layer = dropMaps({ rate: 0.5, seed: 7, name: 'again' })
      return [1, 2, 3].map(() =>
        maps(layer)
          .map(map => map[0])
          .join()
      )
    }
    const first = steps()
    expect(new Set(first).size).toBe(3)
    expect(steps()).toEqual(first)
    expect(
      maps(dropMaps({ rate: 0.5, seed: 8, name: 'again' }))
        .map(map => map[0])
        .join()
    ).not.toBe(first[0])
    expect(
      maps(dropMaps({ rate: 0.5, seed: 7, name: 'other' }))
        .map(map => map[0])
        .join()
    ).not.toBe(first[0])
  })

  test('nothing in inference, and at rate 0; everything at rate 1', () => {
    const x = tf.randomNormal([2, 3, 3, 4])
    const inference = dropMaps({ rate: 0.9 }).apply(x) as tf.Tensor
    expect(inference.dataSync()).toEqual(x.dataSync())
    expect(maps(dropMaps({ rate: 0 })).every(map => map[0] === 1)).toBe(true)
    expect(maps(dropMaps({ rate: 1 })).every(map => map[0] === 0)).toBe(true)
  })

  test('channels first', () => {
    const out = dropMaps({ rate: 0.5, dataFormat: 'channelsFirst' }).apply(tf.ones([3, 8, 2, 2]), {
      training: true
    }) as tf.Tensor
    const values = out.dataSync()
    for (let i = 0; i < values.length; i += 4) expect(new Set(values.subarray(i, i + 4)).size).toBe(1)
    expect(new Set(values)).toEqual(new Set([0, 2]))
  })

  test('a model with it trains, leaks nothing, and is the same after saving and loading', async () => {
    const model = tf.sequential()
    model.add(tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 4, kernelSize: 3 }))
    model.add(dropMaps({ rate: 0.4, seed: 5 }))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense({ units: 2, activation: 'softmax' }))
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' })
    const [xs, ys] = [tf.randomNormal([5, 6, 6, 2]), tf.oneHot([0, 1, 0, 1, 1], 2)]
    await model.trainOnBatch(xs, ys)
    const before = tf.memory().numTensors
    for (let i = 0; i < 5; i++) await model.trainOnBatch(xs, ys)
    expect(tf.memory().numTensors).toBe(before)
    let saved: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async artifacts => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      })
    )
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory(JSON.parse(JSON.stringify({ ...saved!, weightData: undefined })) && saved!)
    )
    expect(loaded.layers[1]!.getConfig()).toMatchObject({ rate: 0.4, seed: 5, dataFormat: 'channelsLast', step: 6 })
    const [one, other] = [model, loaded].map(m => (m.predict(xs) as tf.Tensor).dataSync())
    expect(other).toEqual(one)
  })

  test('goes on where it was left', () => {
    const ones = tf.ones([4, 2, 2, 8])
    const mask = (layer: ReturnType<typeof dropMaps>) => [
      ...(layer.apply(ones, { training: true }) as tf.Tensor).dataSync()
    ]
    const options = { rate: 0.5, seed: 3, name: 'dropped' }
    const whole = dropMaps(options)
    const masks = [0, 1, 2, 3].map(() => mask(whole))
    const later = dropMaps({ ...options, step: 2 })
    expect([mask(later), mask(later)]).toEqual(masks.slice(2))
    expect(later.step).toBe(4)
    later.step = 1
    expect(mask(later)).toEqual(masks[1])
    expect(masks[1]).not.toEqual(masks[0])
  })

  test('wrong settings', () => {
    expect(() => dropMaps({ rate: 0.5, step: -1 })).toThrow(/`step` must be/)
    expect(() => dropMaps({ rate: 1.5 })).toThrow(
      /`rate` must be a finite number between 0 and 1.*share that is dropped/
    )
    expect(() => dropMaps({ rate: 0.5, dataFormat: 'nhwc' as never })).toThrow(/`dataFormat` must be one of/)
    expect(() => spatialDropout2d({} as never)).toThrow(/`tf` must be TensorFlow.js with its layers/)
  })
})
