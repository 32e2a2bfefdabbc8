/** The shape of a step: what a kernel file defines, and what the executor runs. */
import type { Rng } from '../random/rng.js'

/** Height, width, channels. */
export type Shape = readonly [height: number, width: number, channels: number]

/** Pixels in rows of `channels` bytes each, top to bottom, without padding. */
export interface Image {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** What a draw may know of the sample besides its shape. */
export interface SampleFacts {
  readonly epoch: number
  readonly label: number | Float32Array
  /** Mean of each channel in [0, 1], as far as the source knows it. */
  readonly mean: readonly number[] | undefined
  readonly std: readonly number[] | undefined
  readonly classes: number | undefined
}

/**
 * A step on one image. `draw` is pure: the same generator state, options, shape and facts give the same parameters.
 * `Params` is plain data, so that every result can be replayed and logged.
 */
export interface SampleStep<Options extends object = object, Params = unknown> {
  readonly name: string
  /** `apply` accepts `out.data === image.data`, so the executor may leave the pixels where they are. */
  readonly inPlace?: boolean
  /** `false` where the result depends on the options alone: such a step may stand before `cache`. Default true. */
  readonly random?: boolean
  /** The parameters of this occasion; undefined leaves the image as it is. */
  draw(rng: Rng, options: Options, shape: Shape, sample: SampleFacts): Params | undefined
  /** Shape of the result; the input's where it is left out. */
  outShape?(params: Params, shape: Shape): Shape
  /** Height and width of every result, where the options alone fix them. */
  fixedSize?(options: Options): readonly [height: number, width: number] | undefined
  /** Writes every byte of `out`, whose shape is `outShape`'s. Allocates nothing per pixel; never writes to `image`. */
  apply(image: Image, params: Params, out: Image): void
}

/** The pixels and labels of a batch, as batch steps change them in place. */
export interface BatchBuffers {
  /** n × height × width × channels. `uint8`, or `float32` where the result is `float32`. */
  readonly images: Uint8Array | Float32Array
  readonly shape: readonly [n: number, height: number, width: number, channels: number]
  /** n × width of a label. */
  readonly labels: Float32Array
  readonly labelWidth: number
}

/** A step on a whole batch. It draws with the position of the batch's first sample. */
export interface BatchStep<Options extends object = object, Params = unknown> {
  readonly name: string
  draw(
    rng: Rng,
    options: Options,
    shape: readonly [n: number, height: number, width: number, channels: number],
    first: SampleFacts
  ): Params | undefined
  /** Changes images and labels in place. Partners are read as they were before the step. */
  apply(batch: BatchBuffers, params: Params): void
}
