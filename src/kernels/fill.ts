/** What covers pixels: a colour, or noise. */
import { Rng, rngKey } from '../random/rng.js'
import { perChannel } from './crop.js'
import { imageNet } from './normalize.js'
import type { Image, SampleFacts } from './step.js'
import { type WasmKernels, wasmKernels } from './wasm/module.js'

/** The data set's mean colour, noise around it, a byte for all channels, or one for each. */
export type FillOption = 'mean' | 'noise' | number | readonly number[]

/** Normal noise, made anew from a seed wherever it is needed. */
export interface Noise {
  readonly seed: number
  /** Of each channel, in bytes. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** One byte a channel, or noise. Plain data. */
export type Fill = readonly number[] | Noise

/** A rectangle within the image. */
export interface Rectangle {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/**
 * Settles an option for one image. Noise takes one number of `rng`, anything else none.
 *
 * @throws ShapeError where a list of bytes does not fit the channels
 */
export function drawFill(step: string, rng: Rng, fill: FillOption, channels: number, facts: SampleFacts): Fill {
  if (fill !== 'mean' && fill !== 'noise') return perChannel(step, fill, channels)
  const { mean, std } = facts
  const known =
    mean !== undefined && std !== undefined ? { mean, std } : { mean: mean ?? imageNet.mean, std: imageNet.std }
  if (fill === 'mean') return meanColour(known.mean, channels)
  return { seed: rng.uint32(), mean: inBytes(known.mean, channels), std: inBytes(known.std, channels) }
}

// The last mean colour, because all images of a source have the same.
let last: { readonly mean: readonly number[]; readonly colour: readonly number[] } = { mean: [], colour: [] }

function meanColour(mean: readonly number[], channels: number): readonly number[] {
  if (mean !== last.mean || channels !== last.colour.length) {
    last = { mean, colour: Object.freeze(inBytes(mean, channels).map(Math.round)) }
  }
  return last.colour
}

/** Writes a fill, from its beginning. One class for both kinds, because calls of different functions are slow. */
export class Ink {
  readonly #bytes: readonly number[]
  readonly #noise: Noise | undefined
  readonly #rng: Rng | undefined

  constructor(fill: Fill) {
    this.#noise = 'seed' in fill ? fill : undefined
    this.#bytes = 'seed' in fill ? [] : fill
    this.#rng = 'seed' in fill ? new Rng().reset(noiseKey, fill.seed, 0) : undefined
  }

  /** The next byte of a channel. */
  next(channel: number): number {
    return this.#noise === undefined ? this.#bytes[channel]! : this.#draw(this.#noise, channel)
  }

  #draw({ mean, std }: Noise, channel: number): number {
    return Math.max(0, Math.min(255, Math.round(mean[channel]! + std[channel]! * this.#rng!.normal())))
  }
}

/** Writes a fill over rectangles. */
export function coverRectangles(image: Image, rectangles: readonly Rectangle[], fill: Fill): void {
  const wasm = wasmKernels()
  if (wasm?.holds(image.data) === true && !('seed' in fill)) {
    coverWasm(wasm, image, rectangles, fill)
    return
  }
  const ink = new Ink(fill)
  for (const { top, left, height, width } of rectangles) {
    for (let y = top; y < top + height; y++) {
      const begin = (y * image.width + left) * image.channels
      const end = begin + width * image.channels
      for (let at = begin; at < end; at += image.channels) coverPixel(image, at, ink)
    }
  }
}

function coverWasm(
  wasm: WasmKernels,
  { data, width: columns, channels }: Image,
  rectangles: readonly Rectangle[],
  bytes: readonly number[]
): void {
  const line = columns * channels
  wasm.begin(channels, 1)
  const fill = wasm.putBytes(bytes)
  for (const { top, left, height, width } of rectangles) {
    if (width > 0 && height > 0) {
      wasm.run.cover(data.byteOffset + top * line + left * channels, line, channels, width, height, fill)
    }
  }
}

/** Writes a fill over the pixel that begins at byte `at`. */
export function coverPixel({ data, channels }: Image, at: number, ink: Ink): void {
  for (let c = 0; c < channels; c++) data[at + c] = ink.next(c)
}

const noiseKey = rngKey(0, 'fill', 'noise', 0)

/** From [0, 1] to bytes. Channels that nothing is known of, such as grey, get the mean of those that are known. */
function inBytes(known: readonly number[], channels: number): readonly number[] {
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return Array.from({ length: channels }, (_, c) => 255 * (known.length <= channels ? (known[c] ?? mean) : mean))
}
