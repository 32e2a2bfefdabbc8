/** What smart augmentation uses of TensorFlow.js, without the types of its tensors. */
import type { LayersFactory } from './generator.js'
import type { Tensor } from './tfjs.js'

/** A model of layers that can be trained by hand. */
export interface TrainableModel {
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[]
  readonly trainableWeights: readonly { read(): unknown }[]
  apply(x: Tensor, options: { training: boolean }): unknown
  getWeights(): Tensor[]
  setWeights(weights: Tensor[]): void
  save(url: string): Promise<unknown>
  dispose(): unknown
}

/** An optimizer. */
export interface Optimizer {
  minimize(fn: () => Tensor, returnCost: boolean, variables: unknown[]): Tensor | null
  dispose(): void
}

/** The operations that the joint loss is made of. */
export interface SmartOps extends LayersFactory {
  tidy<T>(fn: () => T): T
  keep<T>(x: T): T
  slice(x: Tensor, begin: number[], size: number[]): Tensor
  concat(xs: Tensor[], axis: number): Tensor
  sub(a: Tensor, b: Tensor): Tensor
  add(a: Tensor, b: Tensor): Tensor
  mul(a: Tensor, b: Tensor | number): Tensor
  square(x: Tensor): Tensor
  log(x: Tensor): Tensor
  sum(x: Tensor, axis?: number): Tensor
  mean(x: Tensor): Tensor
  neg(x: Tensor): Tensor
  clipByValue(x: Tensor, low: number, high: number): Tensor
  readonly train: { momentum(rate: number, momentum: number, nesterov: boolean): unknown }
  loadLayersModel(url: string): Promise<unknown>
}
