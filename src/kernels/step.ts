/** The shape of a step: what a kernel file defines, and what the executor runs. */
import type { Rng } from '../random/rng.js'
import type { Targets } from '../sample.js'
import type { Scaling } from './normalize.js'
import type { BatchKernels } from './wasm/module.js'

/** Height, width, channels. */
export type Shape = readonly [height: number, width: number, channels: number]

/** Pixels in rows of `channels` bytes each, top to bottom, without padding. */
export interface Image {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** A part of an image, in pixels; fractions are allowed. */
export interface Part {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
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

/** Whom a step may take for a partner: the samples of the source's subset, by their places from 0 to `size - 1`. */
export interface PartnerSource {
  readonly size: number
  /** The sample's own place. */
  readonly own: number
  /** The places of each class; undefined where the labels are not known beforehand, or are no classes. */
  readonly classes: readonly Uint32Array[] | undefined
}

/**
 * Where a step moves what lies in an image. Coordinates are in pixels from the top left corner, x to the right and y
 * down: the first pixel reaches from 0 to 1, and its centre is at 0.5. `partner` is 0 for the image itself, n for the
 * n-th partner.
 */
export interface Geometry<Params = unknown> {
  /** Where a point goes, whether that is inside the result or not. */
  point(params: Params, shape: Shape, x: number, y: number, partner: number): readonly [x: number, y: number]
  /**
   * The same as `apply` for a mask, an image of one channel that holds class ids: each is that of one pixel, or 0 where
   * there is none. None is blended.
   */
  mask(mask: Image, params: Params, out: Image, partners: readonly Image[]): void
  /** The part of the result that shows the image or the partner; all of it where this is left out. */
  frame?(params: Params, shape: Shape, partner: number): Frame
}

/** A rectangle in pixels: the right and the lower border are outside. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The part of an image that a step takes and scales: where the step is the first one, a codec need not give more. */
export interface Crop<Options = object, Params = unknown> {
  /** Undefined where the image is to be decoded in full. */
  region(params: Params, options: Options, shape: Shape): Part | undefined
  /** The same parameters for an image in which the part lies elsewhere. */
  move(params: Params, region: Part): Params
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
  /** On steps that move pixels. */
  readonly geometry?: Geometry<Params>
  /** On steps that take a part of the image and scale it. */
  readonly crop?: Crop<Options, Params>
  /**
   * The places of other samples, whose images, as they are after the steps before this one, `draw` and `apply` get in
   * the same order. None where the step will leave the image as it is, because they are decoded for nothing then.
   */
  partners?(rng: Rng, options: Options, sample: SampleFacts, source: PartnerSource): readonly number[]
  /**
   * The parameters of this occasion; undefined leaves the image as it is.
   * @param partners the shapes of the partners' images
   */
  draw(rng: Rng, options: Options, shape: Shape, sample: SampleFacts, partners: readonly Shape[]): Params | undefined
  /** Shape of the result; the input's where it is left out. */
  outShape?(params: Params, shape: Shape): Shape
  /** Height and width of every result, where the options alone fix them. */
  fixedSize?(options: Options): readonly [height: number, width: number] | undefined
  /** Channels of the result of an image of so many channels; the same where this is left out. */
  outChannels?(options: Options, channels: number): number
  /** Writes every byte of `out`, whose shape is `outShape`'s. Allocates nothing per pixel; never writes to `image`. */
  apply(image: Image, params: Params, out: Image, partners: readonly Image[]): void
}

/** The pixels and labels of a batch, as batch steps change them in place. */
export interface BatchBuffers {
  /**
   * n × height × width × channels. `uint8`; where the result is `float32`, until a step makes floats of them that
   * would have to round otherwise.
   */
  images: Uint8Array | Float32Array
  readonly shape: readonly [n: number, height: number, width: number, channels: number]
  /** n × width of a label. */
  readonly labels: Float32Array
  readonly labelWidth: number
  /** n × height × width class ids, where the samples have masks. */
  readonly masks?: Uint8Array | undefined
  /** Where images are to be floats in the end. */
  readonly floats?: FloatImages | undefined
  /** Memory for one more image. */
  readonly spare?: Uint8Array | undefined
  /** Kernels that reach all of these where they are. */
  readonly wasm?: BatchKernels | undefined
}

/** Images as floats, and what makes them of bytes. */
export interface FloatImages {
  readonly images: Float32Array
  readonly scaling: Scaling
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
  /** The step changes labels alone, so that masks, boxes and keypoints stay as they are. */
  readonly labelsOnly?: boolean
  /** `apply` changes `batch.masks` as well. A step without it is refused where there are masks. */
  readonly masks?: boolean
  /** What becomes of boxes and keypoints. A step without it is refused where there are any. */
  targets?(params: Params, shape: BatchBuffers['shape'], rows: readonly Targets[]): readonly Targets[]
}
