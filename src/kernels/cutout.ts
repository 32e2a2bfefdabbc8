/** Covers random squares of an image. */
import { Rng, rngKey } from '../random/rng.js'
import { perChannel } from './crop.js'
import { imageNet } from './normalize.js'
import type { Image, SampleFacts, SampleStep } from './step.js'

export interface CutoutStepOptions {
  /** Side of the squares; `'half'` is half the image's shorter side. */
  readonly size: number | 'half'
  readonly count: number
  readonly fill: 'mean' | 'noise' | number | readonly number[]
  readonly p: number
  readonly exact: boolean
  readonly inside: boolean
}

/** A rectangle within the image. */
export interface CutoutBox {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** Normal noise, made anew from a seed wherever it is needed. */
export interface CutoutNoise {
  readonly seed: number
  /** Of each channel, in bytes. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

export interface CutoutParams {
  /** The squares, clipped to the image. */
  readonly boxes: readonly CutoutBox[]
  /** One byte a channel, or noise. */
  readonly fill: readonly number[] | CutoutNoise
}

export const cutoutStep: SampleStep<CutoutStepOptions, CutoutParams> = {
  name: 'cutout',
  inPlace: true,

  draw(rng, { size, count, fill, p, exact, inside }, [height, width, channels], facts) {
    if (!rng.bool(p)) return undefined
    const length = size === 'half' ? Math.floor(Math.min(height, width) / 2) : size
    const half = Math.floor(length / 2)
    const side = exact ? length : 2 * half
    if (side === 0) return undefined
    const boxes = Array.from({ length: count }, () => {
      const y = inside ? within(rng, height, side) : rng.int(height) - half
      const x = inside ? within(rng, width, side) : rng.int(width) - half
      return clip(y, x, side, height, width)
    })
    return { boxes, fill: drawFill(rng, fill, channels, facts) }
  },

  apply(image, { boxes, fill }, out) {
    if (out.data !== image.data) out.data.set(image.data)
    if ('seed' in fill) for (const [i, box] of boxes.entries()) fillNoise(out, box, fill, i)
    else for (const box of boxes) fillBox(out, box, fill)
  }
}

/** Where a square begins that lies inside, if it fits at all. */
function within(rng: Rng, length: number, side: number): number {
  return side < length ? rng.int(length - side + 1) : 0
}

function clip(y: number, x: number, side: number, height: number, width: number): CutoutBox {
  const top = Math.max(0, y)
  const left = Math.max(0, x)
  return { top, left, height: Math.min(height, y + side) - top, width: Math.min(width, x + side) - left }
}

function drawFill(
  rng: Rng,
  fill: CutoutStepOptions['fill'],
  channels: number,
  { mean, std }: SampleFacts
): CutoutParams['fill'] {
  if (fill !== 'mean' && fill !== 'noise') return perChannel('cutout', fill, channels)
  const known =
    mean !== undefined && std !== undefined ? { mean, std } : { mean: mean ?? imageNet.mean, std: imageNet.std }
  const bytes = inBytes(known.mean, channels)
  if (fill === 'mean') return bytes.map(Math.round)
  return { seed: rng.uint32(), mean: bytes, std: inBytes(known.std, channels) }
}

/** From [0, 1] to bytes. Channels that nothing is known of, such as grey, get the mean of those that are known. */
function inBytes(known: readonly number[], channels: number): readonly number[] {
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return Array.from({ length: channels }, (_, c) => 255 * (known.length <= channels ? (known[c] ?? mean) : mean))
}

function fillBox({ data, width, channels }: Image, box: CutoutBox, fill: readonly number[]): void {
  for (let y = box.top; y < box.top + box.height; y++) {
    let at = (y * width + box.left) * channels
    for (let x = 0; x < box.width; x++) for (let c = 0; c < channels; c++) data[at++] = fill[c]!
  }
}

const noise = new Rng()
const noiseKey = rngKey(0, 'cutout', 'noise', 0)

function fillNoise(
  { data, width, channels }: Image,
  box: CutoutBox,
  { seed, mean, std }: CutoutNoise,
  i: number
): void {
  noise.reset(noiseKey, seed, i)
  for (let y = box.top; y < box.top + box.height; y++) {
    let at = (y * width + box.left) * channels
    for (let x = 0; x < box.width; x++) {
      for (let c = 0; c < channels; c++) {
        data[at++] = Math.max(0, Math.min(255, Math.round(mean[c]! + std[c]! * noise.normal())))
      }
    }
  }
}
