/** What is trained: the classifier by itself, or together with the network of Smart Augmentation. */
import { smartAugmentation } from 'millrace'
import { createMerger, createNetwork, dropoutAt } from './network.js'

const MOMENTUM = 0.9

/**
 * `step(batch, n, rate)` trains on the n-th batch and resolves to its loss and, where it is known, how many images were
 * misclassified as they were seen: with their augmentation, in training mode, by the label that weighs most.
 * `weights` is what a checkpoint holds.
 */
export function createLearner(tf, configuration, seed) {
  const classifier = createNetwork(tf, { seed, ...configuration.network })
  const optimizer = tf.train.momentum(0.1, MOMENTUM, true) // each step sets the rate
  return configuration.smart === undefined
    ? plain({ classifier, optimizer, seed })
    : smart(tf, { classifier, optimizer, seed, ...configuration.smart })
}

function plain({ classifier, optimizer, seed }) {
  classifier.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  const setDropout = dropoutAt(classifier, { seed })
  return {
    classifier,
    weights: { model: classifier, optimizer },
    async step({ xs, ys }, n, rate) {
      optimizer.setLearningRate(rate)
      setDropout(n)
      const [loss, accuracy] = await classifier.trainOnBatch(xs, ys)
      return { loss, wrong: (1 - accuracy) * xs.shape[0] }
    },
    dispose() {
      classifier.dispose()
      optimizer.dispose()
    }
  }
}

function smart(tf, { classifier, optimizer, seed, k }) {
  const network = createMerger(tf, { seed, k })
  const both = smartAugmentation(tf, { classifier, network, optimizer, k })
  const model = {
    getWeights: () => [...network.getWeights(), ...classifier.getWeights()],
    setWeights(weights) {
      const count = network.getWeights().length
      network.setWeights(weights.slice(0, count))
      classifier.setWeights(weights.slice(count))
    }
  }
  return {
    classifier,
    weights: { model, optimizer },
    async step(batch, _, rate) {
      optimizer.setLearningRate(rate)
      return { loss: (await both.step(batch)).loss }
    },
    dispose() {
      network.dispose()
      classifier.dispose()
      optimizer.dispose()
    }
  }
}
