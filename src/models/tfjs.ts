/** What the models use of TensorFlow.js, which is passed in: the parts that its own types and any version agree on. */

/** A tensor. */
export interface Tensor {
  readonly shape: number[]
  readonly rank: number
  dataSync(): Float32Array | Int32Array | Uint8Array
  data(): Promise<Float32Array | Int32Array | Uint8Array>
  dispose(): void
}

/** A layer, as far as a graph of layers needs it. */
export interface GraphLayer {
  readonly name: string
  readonly output: unknown
  readonly outputShape: unknown
  readonly inboundNodes: readonly { readonly inboundLayers: readonly GraphLayer[] }[]
  apply(input: unknown, options?: { training?: boolean }): unknown
  getClassName(): string
}

/** A model of layers: Sequential or functional. */
export interface LayersModel {
  readonly layers: readonly unknown[]
  readonly inputs: readonly unknown[]
  readonly outputs: readonly unknown[]
}

/** The operations of tfjs that are used here, without the types of its tensors. */
export interface Ops {
  tidy<T>(fn: () => T): T
  tensor(values: Float32Array, shape: number[], dtype?: 'float32'): Tensor
  oneHot(indices: number[], depth: number): Tensor
  mul(a: Tensor, b: Tensor): Tensor
  add(a: Tensor, b: Tensor): Tensor
  sum(x: Tensor, axis?: number | number[]): Tensor
  mean(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor
  relu(x: Tensor): Tensor
  argMax(x: Tensor, axis: number): Tensor
  grad(fn: (x: Tensor) => Tensor): (x: Tensor) => Tensor
  model(config: { inputs: unknown; outputs: unknown }): { predict(x: unknown): Tensor | Tensor[] }
  layers: { activation(config: { activation: string }): unknown }
}
