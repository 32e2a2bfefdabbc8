/** Where a network looks: gradient-weighted class activation maps. */
import { checkInteger, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { resampleFloats } from '../kernels/resampleFloats.js'
import { splitAt } from './graph.js'
import type { GraphLayer, LayersModel, Ops, Tensor } from './tfjs.js'

/** Options of {@link gradCam}. */
export interface GradCamOptions {
  /**
   * Name of the layer whose activations are explained.
   * @defaultValue the last layer with an output of rank 4
   */
  readonly layer?: string | undefined
  /**
   * The class that is asked for: one for all images, or one for each.
   * @defaultValue the class with the highest score, for each image
   */
  readonly class?: number | readonly number[] | undefined
}

/** Heat maps of a batch. */
export interface GradCam {
  /** From 0 to 1, of the images' size: n × height × width. The highest value is 1, unless the map is 0 all over. */
  readonly maps: Float32Array
  readonly shape: readonly [n: number, height: number, width: number]
  /** As the formula gives them, of the layer's size. */
  readonly raw: Float32Array
  readonly rawShape: readonly [n: number, height: number, width: number]
  /** The class that each map is for. */
  readonly classes: readonly number[]
  /** The score of that class before softmax. */
  readonly scores: Float32Array
  /** The layer that was explained. */
  readonly layer: string
}

/**
 * Tells where in an image a network finds evidence for a class (Grad-CAM).
 *
 * The gradient of the class's score with respect to each feature map of a layer, averaged over the map, is the map's
 * weight; the heat map is the positive part of the weighted sum. The score is the one before softmax or sigmoid: a layer
 * with such an activation at the end is taken without it. The model runs in inference mode and is not changed.
 * Sequential and functional models, with branches too; a layer that is used twice after the explained one is refused.
 * Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391
 *
 * @param tf TensorFlow.js: `import * as tf from '@tensorflow/tfjs-node'`, or any other package of it
 * @param model a model of layers with one input of rank 4 (channels last) and one output of rank 2
 * @param images a tensor of n × height × width × channels, as the model takes them
 *
 * @throws {@link InvalidOptionError} where an argument cannot be used
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs'
 * import { gradCam } from 'millrace'
 *
 * const model = tf.sequential()
 * model.add(tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 8, kernelSize: 3, activation: 'relu' }))
 * model.add(tf.layers.globalAveragePooling2d({}))
 * model.add(tf.layers.dense({ units: 10, activation: 'softmax' }))
 * const { maps, classes } = gradCam(tf, model, tf.randomUniform([4, 32, 32, 3]))
 * console.log(maps.length, classes)
 * ```
 */
export function gradCam(tf: object, model: object, images: object, options: GradCamOptions = {}): GradCam {
  checkOptions('gradCam', options, ['layer', 'class'])
  const ops = tf as Ops
  const graph = model as LayersModel
  const input = images as Tensor
  if (typeof ops?.grad !== 'function')
    throw wrong('tf', "TensorFlow.js, as in `import * as tf from '@tensorflow/tfjs'`", tf)
  if (!Array.isArray(graph?.layers)) throw wrong('model', 'a model of layers', model)
  if (!Array.isArray(input?.shape) || input.shape.length !== 4) throw wrong('images', 'a tensor of rank 4', images)
  const layer = layerOf(graph, options.layer)
  const [n, height, width] = input.shape as [number, number, number]
  return ops.tidy(() => {
    const { features, tail } = splitAt(ops, graph, layer, input)
    const logits = tail(features)
    const count = logits.shape[1]!
    const classes = classesOf(options.class, n, count, () => [...ops.argMax(logits, 1).dataSync()])
    const chosen = ops.oneHot(classes, count)
    const scores = ops.sum(ops.mul(logits, chosen), 1).dataSync() as Float32Array
    const gradient = ops.grad(x => ops.sum(ops.mul(tail(x), chosen)))(features)
    const weights = ops.mean(gradient, [1, 2], true)
    const map = ops.relu(ops.sum(ops.mul(features, weights), 3))
    const raw = Float32Array.from(map.dataSync())
    const rawShape = map.shape as [number, number, number]
    const maps = new Float32Array(n * height * width)
    for (let i = 0; i < n; i++) stretch(raw, rawShape, i, maps, [height, width])
    const shape = [n, height, width] as const
    return { maps, shape, raw, rawShape, classes, scores: Float32Array.from(scores), layer: layer.name }
  })
}

/** Enlarges a map to the image's size, and to a highest value of 1; a map of zeros stays. */
function stretch(
  raw: Float32Array,
  [, height, width]: readonly [number, number, number],
  i: number,
  maps: Float32Array,
  [toHeight, toWidth]: readonly [number, number]
): void {
  const data = raw.subarray(i * height * width, (i + 1) * height * width)
  const map = maps.subarray(i * toHeight * toWidth, (i + 1) * toHeight * toWidth)
  resampleFloats({ data, height, width, channels: 1 }, { data: map, height: toHeight, width: toWidth, channels: 1 })
  let most = 0
  for (const value of map) most = Math.max(most, value)
  if (most > 0) for (let i = 0; i < map.length; i++) map[i] = map[i]! / most
}

function layerOf({ layers }: LayersModel, name: string | undefined): GraphLayer {
  const all = layers as readonly GraphLayer[]
  const maps = all.filter(layer => Array.isArray(layer.outputShape) && layer.outputShape.length === 4)
  const found =
    name === undefined
      ? maps.findLast(layer => layer.getClassName() !== 'InputLayer')
      : all.find(layer => layer.name === name)
  if (found !== undefined && maps.includes(found)) return found
  const names = maps.map(layer => layer.name).join(', ')
  throw wrong('layer', `one of the layers with an output of rank 4 (${names || 'there is none'})`, name)
}

function classesOf(
  given: number | readonly number[] | undefined,
  n: number,
  count: number,
  predicted: () => number[]
): number[] {
  if (given === undefined) return predicted()
  const classes = typeof given === 'number' ? new Array<number>(n).fill(given) : [...given]
  if (classes.length !== n) throw wrong('class', `one class, or ${n}, one for each image`, given)
  for (const one of classes) checkInteger('gradCam', 'class', one, { max: count - 1 })
  return classes
}

function wrong(option: string, expected: string, received: unknown): InvalidOptionError {
  return new InvalidOptionError({ caller: 'gradCam', option, expected, received })
}
