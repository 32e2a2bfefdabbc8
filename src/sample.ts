/** The vocabulary of planning: what flows through a pipeline before `prefetch` is a description, not pixels. */

/** A class index, or a vector: soft, multi-hot, or the numbers of a regression. */
export type Label = number | Float32Array

/** Where the pixels of a sample are. */
export type ImageRef =
  | {
      readonly kind: 'file'
      /** Path or URL of an encoded image. */
      readonly path: string
    }
  | {
      readonly kind: 'range'
      /** Path or URL of a file in which an encoded image lies, such as a shard. */
      readonly location: string
      /** Where the image begins, in bytes. */
      readonly offset: number
      /** Bytes of the image. */
      readonly length: number
    }
  | {
      readonly kind: 'bytes'
      /** An encoded image (JPEG, PNG, …). */
      readonly bytes: Uint8Array
    }
  | PixelRef

/** Decoded pixels in shared memory: rows of `channels` bytes a pixel, top to bottom, without padding. */
export interface PixelRef {
  readonly kind: 'pixels'
  readonly buffer: SharedArrayBuffer
  /** Where the first pixel is, in bytes. */
  readonly offset: number
  readonly width: number
  readonly height: number
  readonly channels: number
  /** How many of the sample's `steps` these pixels have gone through already; 0 unless given. */
  readonly applied?: number | undefined
}

/**
 * A rectangle around something, in pixels from the top left corner of the upright image: a box around the first pixel
 * alone is 0, 0, 1, 1.
 */
export interface Box {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  /** What is inside, as an index; it goes along. */
  readonly label?: number | undefined
}

/** A point of the image, in the same coordinates: the centre of the first pixel is 0.5, 0.5. */
export interface Keypoint {
  readonly x: number
  readonly y: number
  /** Which point it is; it goes along. */
  readonly label?: number | undefined
  /** `false` once a step has moved it out of the image; it stays in the list. */
  readonly visible?: boolean | undefined
}

/** What lies in an image and moves with it. */
export interface Targets {
  readonly boxes: readonly Box[]
  readonly keypoints: readonly Keypoint[]
}

/** One thing to be done, as data: executed in a worker by the step of that name. */
export interface Step {
  readonly name: string
  /** Plain, structured-cloneable and JSON-serialisable. */
  readonly options: object
  /** URL of the module that defines the step, for steps made by `defineTransform`. */
  readonly module?: string | undefined
}

/** The frozen facts of a source, shared by all its samples. */
export interface SourceInfo {
  /** What the source is, for people: `'cifar10 train'`, `'imageFolder'`, … */
  readonly name: string
  /** Identifies the data set: the same on every machine that holds the same keys. */
  readonly fingerprint: string
  /** The seed of every draw and of the shuffle. */
  readonly seed: number
  /** Samples in an epoch (of the `subset`, over all shards); undefined for a stream of unknown length. */
  readonly size: number | undefined
  /** How many classes there are; undefined where labels are not classes, or not known. */
  readonly classes: number | undefined
  /** The classes' names, where they have any. */
  readonly classNames: readonly string[] | undefined
  /** Height, width and channels, where every image has the same. */
  readonly shape: readonly [height: number, width: number, channels: number] | undefined
  /** Mean of each channel, in [0, 1], where it is known. */
  readonly mean: readonly number[] | undefined
  /** Standard deviation of each channel, in [0, 1], where it is known. */
  readonly std: readonly number[] | undefined
  /** Which part of the global order this process reads. */
  readonly shard: { readonly index: number; readonly count: number }
}

/**
 * One image to be, as a plan: small, immutable, plain. Any RxJS operator may filter, reorder or change it;
 * pixel operators append to `steps`.
 */
export interface Sample {
  /** Names the sample within its source: a path, or a number. */
  readonly key: string
  /** Index within the source, whatever the shuffle. */
  readonly index: number
  /** Counts from 0. */
  readonly epoch: number
  /** Place in the epoch's global order, over all shards. */
  readonly position: number
  readonly label: Label
  readonly image: ImageRef
  /** Class ids of the pixels, as an image of one channel and of the image's size. */
  readonly mask?: ImageRef | undefined
  readonly boxes?: readonly Box[] | undefined
  readonly keypoints?: readonly Keypoint[] | undefined
  /** Which repetition of the sample it is, counted from 0, where it is repeated; each has draws of its own. */
  readonly repetition?: number | undefined
  /** What is to be done with the pixels, in order. Samples that went through the same operators hold the same array. */
  readonly steps: readonly Step[]
  readonly info: SourceInfo
}
