/** Smart Augmentation: a network that learns to make images which help another one to learn. */
import { checkInteger, checkNumber, checkOptions } from '../check.js'
import { InvalidOptionError, ShapeError } from '../errors.js'
import { generator } from './generator.js'
import type { Optimizer, SmartOps, TrainableModel } from './smartTfjs.js'
import type { Tensor } from './tfjs.js'

/** Options of {@link smartAugmentation}. `M` is the type of models of the TensorFlow.js that is passed in. */
export interface SmartAugmentationOptions<M = object> {
  /** Network B: a model of layers from images to the probabilities of classes (softmax). It is trained. */
  readonly classifier: M
  /**
   * Images that network A merges.
   * @defaultValue 2
   */
  readonly k?: number | undefined
  /**
   * Weight of the loss of A: how far its image is from another one of the class.
   * @defaultValue 0.3
   */
  readonly alpha?: number | undefined
  /**
   * Weight of the loss of B on A's images and on real ones.
   * @defaultValue 0.7
   */
  readonly beta?: number | undefined
  /**
   * Network A: a model from k × channels to as many channels as an image has, of the same size, within [0, 1].
   * @defaultValue convolutions of 16, 16, 32 and 32 filters, as in the paper, and one to the channels of an image
   */
  readonly network?: M | undefined
  /**
   * Seed of the first weights of network A, where none is given.
   * @defaultValue other weights each time, as TensorFlow.js draws them
   */
  readonly seed?: number | undefined
  /**
   * An optimizer for both networks.
   * @defaultValue SGD with learning rate 0.01 and Nesterov momentum 0.9
   */
  readonly optimizer?: object | undefined
}

/** Losses of a step. */
export interface SmartAugmentationStep {
  /** alpha · lossA + beta · lossB */
  readonly loss: number
  /** Mean squared difference of A's images from their targets. */
  readonly lossA: number
  /** Cross-entropy of B, over A's images and the targets. */
  readonly lossB: number
}

/** Two networks that are trained together. `T` and `M` are the types of tensors and models. */
export interface SmartAugmentation<T = object, M = object> {
  /** Network A. It is not needed once training is over. */
  readonly network: M
  /** Network B. */
  readonly classifier: M
  /** Trains both on a batch of tuples and its labels. */
  step(batch: { readonly xs: T; readonly ys: T }): Promise<SmartAugmentationStep>
  /** A's images for a batch of tuples; the caller disposes them. */
  generate(xs: T): T
  /** Saves both below a URL, such as `'file://models/smart'` with tfjs-node. */
  save(url: string): Promise<void>
  /** Takes the weights of both from what `save` wrote. */
  load(url: string): Promise<void>
  /** Disposes network A and the optimizer, unless they were given. The classifier stays. */
  dispose(): void
}

/**
 * Trains a network A that merges images of one class together with a classifier B that learns from what A makes.
 *
 * Batches come from `sameClassTuples(k)`: n × height × width × (k + 1) · channels in [0, 1] (that is
 * `normalize({ mean: [0], std: [1] })`), the last image of each being the target, and one-hot labels. The loss is
 * alpha · mean squared difference of A's image from the target + beta · cross-entropy of B on A's images and on the
 * targets; B's gradient reaches A, so A learns to make what B learns from. The paper's numbers could not be
 * reproduced by others who tried; nothing is promised here but the method.
 * Lemley, Bazrafkan, Corcoran 2017, https://arxiv.org/abs/1703.08383
 *
 * @param tf TensorFlow.js: `import * as tf from '@tensorflow/tfjs-node'`, or any other package of it
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs'
 * import { batch, forEachBatch, mnist, normalize, sameClassTuples, smartAugmentation, toTensors } from 'millrace'
 *
 * const classifier = tf.sequential()
 * classifier.add(tf.layers.flatten({ inputShape: [28, 28, 1] }))
 * classifier.add(tf.layers.dense({ units: 10, activation: 'softmax' }))
 * const smart = smartAugmentation<tf.Tensor, tf.LayersModel>(tf, { classifier, k: 2 })
 * const plans = mnist({ split: 'train', shuffle: true }).pipe(sameClassTuples(2), batch(32), normalize({ mean: [0], std: [1] }))
 * await forEachBatch(plans.pipe(toTensors<tf.Tensor>(tf)), async one => console.log(await smart.step(one)))
 * ```
 */
export function smartAugmentation<T = object, M = object>(
  tf: object,
  options: SmartAugmentationOptions<M>
): SmartAugmentation<T, M> {
  checkOptions('smartAugmentation', options, ['classifier', 'k', 'alpha', 'beta', 'network', 'seed', 'optimizer'])
  const { k = 2, alpha = 0.3, beta = 0.7, seed } = options
  checkInteger('smartAugmentation', 'k', k, { min: 1 })
  checkNumber('smartAugmentation', 'alpha', alpha, { min: 0 })
  checkNumber('smartAugmentation', 'beta', beta, { min: 0 })
  if (seed !== undefined) checkInteger('smartAugmentation', 'seed', seed, { min: 0 })
  const ops = tf as SmartOps
  const classifier = options.classifier as unknown as TrainableModel
  const shape = imageShape(classifier)
  const network = (options.network as unknown as TrainableModel | undefined) ?? generator(ops, shape, k, seed)
  const optimizer = (options.optimizer ?? ops.train.momentum(0.01, 0.9, true)) as Optimizer
  const channels = shape[2]

  /** The inputs of A, and the targets. */
  const split = (xs: Tensor): readonly [Tensor, Tensor] => {
    const [n, height, width, depth] = xs.shape as [number, number, number, number]
    if (depth !== (k + 1) * channels) {
      throw new ShapeError(
        `smartAugmentation: the batch has ${depth} channels, but ${k} inputs and a target of ${channels} need ${(k + 1) * channels}. Put sameClassTuples(${k}) before batch.`
      )
    }
    const size = [n, height, width]
    const inputs = ops.slice(xs, [0, 0, 0, 0], [...size, k * channels])
    return [inputs, ops.slice(xs, [0, 0, 0, k * channels], [...size, channels])]
  }

  const step = async ({ xs, ys }: { xs: Tensor; ys: Tensor }): Promise<SmartAugmentationStep> => {
    const variables = [...network.trainableWeights, ...classifier.trainableWeights].map(weight => weight.read())
    const losses = ops.tidy(() => {
      const [inputs, target] = split(xs)
      let parts: readonly Tensor[] = []
      const total = optimizer.minimize(
        () => {
          const made = network.apply(inputs, { training: true }) as Tensor
          const lossA = ops.mean(ops.square(ops.sub(made, target)))
          const guesses = classifier.apply(ops.concat([made, target], 0), { training: true }) as Tensor
          const logs = ops.log(ops.clipByValue(guesses, 1e-7, 1))
          const lossB = ops.neg(ops.mean(ops.sum(ops.mul(logs, ops.concat([ys, ys], 0)), 1)))
          parts = [ops.keep(lossA), ops.keep(lossB)]
          return ops.add(ops.mul(lossA, alpha), ops.mul(lossB, beta))
        },
        true,
        variables
      )
      return [total!, ...parts]
    })
    const [loss, lossA, lossB] = await Promise.all(losses.map(async tensor => (await tensor.data())[0]!))
    for (const tensor of losses) tensor.dispose()
    return { loss: loss!, lossA: lossA!, lossB: lossB! }
  }

  const models = { generator: network, classifier }
  return {
    network: network as unknown as M,
    classifier: options.classifier,
    step: batch => step(batch as unknown as { xs: Tensor; ys: Tensor }),
    generate: xs => ops.tidy(() => network.apply(split(xs as Tensor)[0], { training: false })) as T,
    async save(url) {
      for (const [name, model] of Object.entries(models)) await model.save(`${url}/${name}`)
    },
    async load(url) {
      for (const [name, model] of Object.entries(models)) {
        const saved = (await ops.loadLayersModel(`${url}/${name}/model.json`)) as TrainableModel
        model.setWeights(saved.getWeights())
        saved.dispose()
      }
    },
    dispose() {
      if (options.network === undefined) network.dispose()
      if (options.optimizer === undefined) optimizer.dispose()
    }
  }
}

function imageShape(classifier: TrainableModel): readonly [height: number, width: number, channels: number] {
  const shape = classifier?.inputs?.[0]?.shape.slice(1)
  if (shape?.length === 3 && shape.every(size => size !== null)) return shape as [number, number, number]
  const expected = 'a model of layers that takes images of a fixed height, width and number of channels'
  throw new InvalidOptionError({ caller: 'smartAugmentation', option: 'classifier', expected, received: classifier })
}
