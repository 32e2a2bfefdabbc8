/** The operations of automatic augmentation policies, as torchvision's RandAugment, TrivialAugmentWide and AugMix have them. */
import type { Rng } from '../random/rng.js'
import { type Affine, affineGeometry, affineRows, backwardAffine } from './affine.js'
import { brightness, contrast, saturation } from './color.js'
import { roundHalfEven } from './round.js'
import { Scratch } from './scratch.js'
import { sharpness } from './sharpness.js'
import type { Geometry, Image, Shape } from './step.js'
import { autoContrast, equalize, posterize, solarize } from './tone.js'
import { type WarpOptions, warp } from './warp.js'

/** Draws an image from another one of the same shape, which is not the same memory. */
type Change = (image: Image, magnitude: number, out: Image) => void

type ColorOperation =
  | 'identity'
  | 'brightness'
  | 'color'
  | 'contrast'
  | 'sharpness'
  | 'posterize'
  | 'solarize'
  | 'autoContrast'
  | 'equalize'
type Motion = 'shearX' | 'shearY' | 'translateX' | 'translateY' | 'rotate'
export type PolicyOperation = ColorOperation | Motion

const changes: Readonly<Record<ColorOperation, Change>> = {
  identity: ({ data }, _magnitude, out) => out.data.set(data),
  brightness: (image, magnitude, out) => brightness(image, 1 + magnitude, out),
  color: (image, magnitude, out) => saturation(image, 1 + magnitude, out),
  contrast: (image, magnitude, out) => contrast(image, 1 + magnitude, out),
  sharpness: (image, magnitude, out) => sharpness(image, 1 + magnitude, out),
  posterize,
  // Without the last bits: 170 where 170.00000000000003 comes out.
  solarize: (image, magnitude, out) => solarize(image, Math.fround(255 * magnitude), out),
  autoContrast: (image, _magnitude, out) => autoContrast(image, out),
  equalize: (image, _magnitude, out) => equalize(image, out)
}

/** Degrees of a shear by so many pixels a row. */
const angleOf = (shear: number): number => (Math.atan(shear) * 180) / Math.PI

/** The backward map of a motion. */
const motions: Readonly<Record<Motion, (magnitude: number, shape: Shape) => Affine>> = {
  shearX: (magnitude, _shape) => about([0, 0], { shear: [angleOf(magnitude), 0] }),
  shearY: (magnitude, _shape) => about([0, 0], { shear: [0, angleOf(magnitude)] }),
  translateX: (magnitude, _shape) => about([0, 0], { translate: [Math.trunc(magnitude), 0] }),
  translateY: (magnitude, _shape) => about([0, 0], { translate: [0, Math.trunc(magnitude)] }),
  rotate: (magnitude, [height, width]) => about([width / 2, height / 2], { rotate: magnitude })
}

/** One operation with its magnitude. */
export interface PolicyChange {
  readonly operation: PolicyOperation
  readonly magnitude: number
}

/** The magnitudes of an operation, from weak to strong: `bins` numbers. */
export interface PolicyRange {
  /** Either sign, with the same probability. */
  readonly signed: boolean
  readonly magnitudes: (bins: number, shape: Shape) => (i: number) => number
}

export type PolicySpace = readonly (readonly [PolicyOperation, PolicyRange])[]

/** Evenly from `low` to what `high` says for a shape. */
export function linear(low: number, high: number | ((shape: Shape) => number), signed: boolean): PolicyRange {
  return {
    signed,
    magnitudes: (bins, shape) => {
      const end = typeof high === 'number' ? high : high(shape)
      // The product first, so that whole numbers of pixels come out whole.
      return i => low + ((end - low) * i) / (bins - 1)
    }
  }
}

/** Bits that are kept: from `most` down by `range`, halves to even. */
export function bits(most: number, range: number): PolicyRange {
  return { signed: false, magnitudes: bins => i => roundHalfEven(most - (range * i) / (bins - 1)) }
}

/** Operations without a magnitude. */
export const NONE: PolicyRange = { signed: false, magnitudes: () => () => 0 }

/** Draws one operation of a space; `bin` chooses its magnitude. */
export function drawChange(rng: Rng, space: PolicySpace, bins: number, bin: number, shape: Shape): PolicyChange {
  const [operation, { signed, magnitudes }] = space[rng.int(space.length)]!
  const magnitude = magnitudes(bins, shape)(bin)
  return { operation, magnitude: signed && rng.bool(0.5) && magnitude !== 0 ? -magnitude : magnitude }
}

/** How the geometric operations sample. */
export interface PolicyParams extends WarpOptions {
  readonly changes: readonly PolicyChange[]
}

const scratch = [new Scratch(), new Scratch()]

/** Makes the changes one after the other. `out` may not be the image itself. */
export function applyChanges(image: Image, { changes: list, ...sampling }: PolicyParams, out: Image): void {
  let from = image
  for (const [i, change] of list.entries()) {
    const to = i === list.length - 1 ? out : { ...out, data: scratchOf(i & 1, out.data.length) }
    applyChange(from, change, sampling, to)
    from = to
  }
  if (list.length === 0) out.data.set(image.data)
}

/** Points and masks go through the geometric ones of the changes. */
export const policyGeometry: Geometry<PolicyParams> = {
  point({ changes: list, ...sampling }, shape, x, y) {
    let point: readonly [number, number] = [x, y]
    for (const change of list) {
      const matrix = matrixOf(change, shape)
      if (matrix !== undefined) point = affineGeometry.point({ ...sampling, matrix }, shape, ...point, 0)
    }
    return point
  },
  mask(mask, { changes: list, border }, out) {
    const moves = list.filter(({ operation }) => operation in motions)
    const sampling = { interpolation: 'nearest', border, fill: [0] } as const
    applyChanges(mask, { changes: moves, ...sampling }, out)
  }
}

function applyChange(image: Image, change: PolicyChange, sampling: WarpOptions, out: Image): void {
  const matrix = matrixOf(change, [image.height, image.width, image.channels])
  if (matrix !== undefined) warp(image, affineRows(matrix), sampling, out)
  else changes[change.operation as ColorOperation](image, change.magnitude, out)
}

function matrixOf({ operation, magnitude }: PolicyChange, shape: Shape): Affine | undefined {
  return operation in motions ? motions[operation as Motion](magnitude, shape) : undefined
}

function about(center: readonly [number, number], motion: Partial<Parameters<typeof backwardAffine>[0]>): Affine {
  return backwardAffine({ rotate: 0, translate: [0, 0], scale: 1, shear: [0, 0], ...motion, center })
}

function scratchOf(i: number, bytes: number): Uint8Array {
  return scratch[i]!.bytes(bytes).subarray(0, bytes)
}
