/** Spatial dropout as a layer, which TensorFlow.js lacks. */
import { checkInteger, checkNumber, checkOneOf, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { Rng, rngKey } from '../random/rng.js'

/** Options of the layer that {@link spatialDropout2d} makes. */
export interface SpatialDropout2dOptions {
  /** Share of the feature maps that is dropped, from 0 to 1. */
  readonly rate: number
  /**
   * Layers with the same seed and name drop the same maps in every run; each training step drops others.
   * @defaultValue 0
   */
  readonly seed?: number | undefined
  /**
   * Where the channels are.
   * @defaultValue 'channelsLast'
   */
  readonly dataFormat?: 'channelsFirst' | 'channelsLast' | undefined
  /** Name of the layer. */
  readonly name?: string | undefined
  /**
   * Training steps that the layer has taken. It is saved with the model, so that one which is loaded goes on.
   * @defaultValue 0
   */
  readonly step?: number | undefined
  /** Shape of an input without the batch, where it is the first layer of a model. */
  readonly inputShape?: number[] | undefined
}

/** What is used of TensorFlow.js. `L` is its type of layers. */
export interface LayersApi<L> {
  readonly layers: { readonly Layer: abstract new (config: never) => L }
  readonly serialization: { registerClass(layer: never): void }
  tidy(fn: never): unknown
  tensor(values: Float32Array, shape: number[], dtype: 'float32'): unknown
  mul(a: never, b: never): unknown
}

/** What a layer of spatial dropout has besides what every layer has. */
export interface SpatialDropout2d {
  /** Training steps that it has taken: the next mask is that of this step. Set it where only weights are restored. */
  step: number
}

type Factory<L> = (options: SpatialDropout2dOptions) => L & SpatialDropout2d

const factories = new WeakMap<object, Factory<unknown>>()

/**
 * Makes layers that drop whole feature maps: SpatialDropout2D, as Keras has it.
 *
 * In training each map of each sample is zero with probability `rate`, and multiplied by 1 / (1 − rate) otherwise; in
 * inference nothing changes. Masks are drawn by Millrace, so they are the same on every backend, new at each step also
 * with a seed, and the same again when a run is repeated or resumed. The layer's class is registered, so that models with
 * it can be saved and loaded, after this function has been called once.
 * Tompson et al. 2015, https://arxiv.org/abs/1411.4280
 *
 * @param tf TensorFlow.js: `import * as tf from '@tensorflow/tfjs-node'`, or any other package of it
 *
 * @returns a function that takes the options and returns a layer
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs'
 * import { spatialDropout2d } from 'millrace'
 *
 * const dropMaps = spatialDropout2d(tf)
 * const model = tf.sequential()
 * model.add(tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 16, kernelSize: 3, activation: 'relu' }))
 * model.add(dropMaps({ rate: 0.3 }))
 * ```
 */
export function spatialDropout2d<L>(tf: LayersApi<L>): (options: SpatialDropout2dOptions) => L & SpatialDropout2d {
  if (typeof tf?.layers?.Layer !== 'function' || typeof tf.serialization?.registerClass !== 'function') {
    const expected = "TensorFlow.js with its layers, as in `import * as tf from '@tensorflow/tfjs-node'`"
    throw new InvalidOptionError({ caller: 'spatialDropout2d', option: 'tf', expected, received: tf })
  }
  let factory = factories.get(tf.layers.Layer)
  if (factory === undefined) {
    factory = define(tf)
    factories.set(tf.layers.Layer, factory)
  }
  return factory as Factory<L>
}

/** What the layer's base class gives, and tensors are. */
interface BaseLayer {
  readonly name: string
  getConfig(): object
}
interface Input {
  readonly shape: number[]
}

function define<L>(tf: LayersApi<L>): Factory<L> {
  const Base = tf.layers.Layer as unknown as new (config: object) => BaseLayer
  const mul = tf.mul as (a: unknown, b: unknown) => unknown
  const tidy = tf.tidy as (fn: () => unknown) => unknown

  class SpatialDropout2D extends Base {
    static readonly className = 'SpatialDropout2D'
    readonly #rate: number
    readonly #seed: number
    readonly #dataFormat: 'channelsFirst' | 'channelsLast'
    step: number

    constructor(options: SpatialDropout2dOptions) {
      super(options)
      const { rate, seed = 0, step = 0, dataFormat = 'channelsLast' } = check(options)
      this.#rate = rate
      this.#seed = seed
      this.step = step
      this.#dataFormat = dataFormat
    }

    call(inputs: unknown, { training = false }: { training?: boolean } = {}): unknown {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Input
      if (!training || this.#rate === 0) return x
      return tidy(() => mul(x, this.#mask(x.shape)))
    }

    override getConfig(): object {
      const config = { rate: this.#rate, seed: this.#seed, step: this.step, dataFormat: this.#dataFormat }
      return { ...super.getConfig(), ...config }
    }

    #mask([n, a, b, c]: number[]): unknown {
      const [maps, shape] = this.#dataFormat === 'channelsLast' ? [c!, [n!, 1, 1, c!]] : [a!, [n!, a!, 1, 1]]
      if (b === undefined || c === undefined) throw new TypeError('SpatialDropout2D takes tensors of rank 4.')
      const rng = new Rng().reset(rngKey(this.#seed, this.name, 'spatialDropout2d', 0), 0, this.step++)
      const kept = 1 / (1 - this.#rate)
      const mask = Float32Array.from({ length: n! * maps }, () => (rng.bool(this.#rate) ? 0 : kept))
      return tf.tensor(mask, shape, 'float32')
    }
  }

  tf.serialization.registerClass(SpatialDropout2D as never)
  return options => new SpatialDropout2D(options) as SpatialDropout2d as L & SpatialDropout2d
}

/** The layer gets more than its own options, such as those of the base class when a model is loaded. */
function check(options: SpatialDropout2dOptions): SpatialDropout2dOptions {
  checkOptions('spatialDropout2d', options, Object.keys(options ?? {}))
  checkNumber('spatialDropout2d', 'rate', options.rate, { min: 0, max: 1, hint: 'It is the share that is dropped.' })
  if (options.seed !== undefined) checkInteger('spatialDropout2d', 'seed', options.seed)
  if (options.step !== undefined) checkInteger('spatialDropout2d', 'step', options.step, { min: 0 })
  if (options.dataFormat !== undefined) {
    checkOneOf('spatialDropout2d', 'dataFormat', options.dataFormat, ['channelsFirst', 'channelsLast'])
  }
  return options
}
