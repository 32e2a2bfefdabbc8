/** Splits a model at a layer: what comes before is run, what comes after becomes a function of the layer's output. */
import { InvalidOptionError } from '../errors.js'
import type { GraphLayer, LayersModel, Ops, Tensor } from './tfjs.js'

/** A model in two parts. */
export interface Split {
  /** Output of the layer for the images. */
  readonly features: Tensor
  /** The model's scores as a function of that output, without a softmax or sigmoid at the end. In inference mode. */
  readonly tail: (features: Tensor) => Tensor
}

/** Splits a model at a layer, for given images. To be called in a `tidy`. */
export function splitAt(ops: Ops, model: LayersModel, layer: GraphLayer, images: Tensor): Split {
  const layers = model.layers as readonly GraphLayer[]
  const after = new Set<GraphLayer>()
  const beside = new Set<GraphLayer>()
  for (const one of layers) {
    const before = inputsOf(one)
    if (before.some(other => other === layer || after.has(other))) after.add(one)
  }
  for (const one of after) {
    if (one.inboundNodes.length > 1) throw refuse(`${one.name} is used twice after ${layer.name}`)
    for (const other of inputsOf(one)) if (other !== layer && !after.has(other)) beside.add(other)
  }
  const wanted = [layer, ...beside]
  const ran = ops.model({ inputs: model.inputs, outputs: wanted.map(one => one.output) }).predict(images)
  const outputs = new Map(wanted.map((one, i) => [one, Array.isArray(ran) ? ran[i]! : ran]))
  const last = layers.findLast(one => after.has(one)) ?? layer
  const linear = ops.layers.activation({ activation: 'linear' }) as { readonly activation: unknown }

  const tail = (features: Tensor): Tensor => {
    const values = new Map(outputs).set(layer, features)
    for (const one of after) {
      const inputs = inputsOf(one).map(other => values.get(other)!)
      values.set(one, one === last ? scores(one, inputs, linear.activation) : run(one, inputs))
    }
    const result = values.get(last)!
    if (result.shape.length === 2) return result
    throw refuse(`its output has the shape ${result.shape.join('×')}`)
  }
  return { features: outputs.get(layer)!, tail }
}

/** Layers that end in probabilities have scores before them. */
const ENDS = ['Activation', 'Softmax']

function scores(layer: GraphLayer, inputs: readonly Tensor[], linear: unknown): Tensor {
  if (ENDS.includes(layer.getClassName())) return inputs[0]!
  const own = layer as { activation?: unknown }
  if (own.activation === undefined) return run(layer, inputs)
  const activation = own.activation
  own.activation = linear
  try {
    return run(layer, inputs)
  } finally {
    own.activation = activation
  }
}

function run(layer: GraphLayer, inputs: readonly Tensor[]): Tensor {
  return layer.apply(inputs.length === 1 ? inputs[0] : inputs, { training: false }) as Tensor
}

function inputsOf(layer: GraphLayer): readonly GraphLayer[] {
  return layer.inboundNodes[0]?.inboundLayers ?? []
}

function refuse(what: string): InvalidOptionError {
  const expected =
    'a model with scores of classes, n × classes, in which no layer after the explained one is used twice'
  return new InvalidOptionError({ caller: 'gradCam', option: 'model', expected, received: what })
}
