/** Puts four images of the data set around a random centre (Bochkovskiy, Wang, Liao 2020). */
import { ShapeError } from '../errors.js'
import { nearest } from './nearest.js'
import { resample } from './resample.js'
import type { Frame, Image, Part, SampleStep, Shape } from './step.js'

export interface MosaicStepOptions {
  /** Of the result. */
  readonly size: readonly [height: number, width: number]
  /** Where the four meet, as a share of each side. */
  readonly center: readonly [low: number, high: number]
  readonly p: number
}

/** An image in the result: a point x, y of it is at x · scale + left, y · scale + top; it is seen in the frame. */
export interface MosaicTile {
  readonly scale: number
  readonly left: number
  readonly top: number
  readonly frame: Frame
}

export interface MosaicParams {
  readonly size: readonly [height: number, width: number]
  /** The image's, then those of its partners: top left, top right, bottom left, bottom right. */
  readonly tiles: readonly MosaicTile[]
}

let scratch = new Uint8Array(0)

export const mosaicStep: SampleStep<MosaicStepOptions, MosaicParams> = {
  name: 'mosaic',

  partners(rng, { p }, _sample, { size }) {
    return rng.bool(p) ? [rng.int(size), rng.int(size), rng.int(size)] : []
  },

  draw(rng, { size, center }, shape, _sample, partners) {
    const x = Math.round(size[1] * rng.uniform(...center))
    const y = Math.round(size[0] * rng.uniform(...center))
    const other = partners.find(partner => partner[2] !== shape[2])
    if (other !== undefined) {
      throw new ShapeError(`mosaic: the image has ${shape[2]} channels, and a partner ${other[2]}. All must be alike.`)
    }
    if (partners.length === 0) return { size, tiles: [alone(shape, size)] }
    return { size, tiles: [shape, ...partners].map((of, i) => quarter(of, size, x, y, i)) }
  },

  outShape: ({ size }, [, , channels]) => [size[0], size[1], channels],

  fixedSize: ({ size }) => size,

  geometry: {
    point({ tiles }, _shape, x, y, partner) {
      const { scale, left, top } = tiles[partner]!
      return [x * scale + left, y * scale + top]
    },
    frame: ({ tiles }, _shape, partner) => tiles[partner]!.frame,
    mask(mask, { tiles }, out, partners) {
      draw([mask, ...partners], tiles, out, nearest)
    }
  },

  apply(image, { tiles }, out, partners) {
    draw([image, ...partners], tiles, out, resample)
  }
}

/** Scaled so that it would fill the result, with one corner at the centre: it fills its quarter in any case. */
function quarter([height, width]: Shape, size: readonly [number, number], x: number, y: number, i: number): MosaicTile {
  const scale = Math.max(size[0] / height, size[1] / width)
  const right = i % 2 === 1
  const below = i >= 2
  return {
    scale,
    left: right ? x : x - width * scale,
    top: below ? y : y - height * scale,
    frame: { left: right ? x : 0, top: below ? y : 0, right: right ? size[1] : x, bottom: below ? size[0] : y }
  }
}

/** Scaled to fill the result, from its middle. */
function alone([height, width]: Shape, size: readonly [number, number]): MosaicTile {
  const scale = Math.max(size[0] / height, size[1] / width)
  return {
    scale,
    left: (size[1] - width * scale) / 2,
    top: (size[0] - height * scale) / 2,
    frame: { left: 0, top: 0, right: size[1], bottom: size[0] }
  }
}

function draw(
  images: readonly Image[],
  tiles: readonly MosaicTile[],
  out: Image,
  scaled: (image: Image, part: Part, to: Image) => void
): void {
  for (const [i, { scale, left, top, frame }] of tiles.entries()) {
    const width = frame.right - frame.left
    const height = frame.bottom - frame.top
    if (width === 0 || height === 0) continue
    const image = images[i]!
    const bytes = height * width * out.channels
    if (scratch.length < bytes) scratch = new Uint8Array(bytes)
    const to = { data: scratch.subarray(0, bytes), width, height, channels: out.channels }
    const x = within((frame.left - left) / scale, width / scale, image.width)
    const y = within((frame.top - top) / scale, height / scale, image.height)
    scaled(image, { left: x, top: y, width: width / scale, height: height / scale }, to)
    const line = width * out.channels
    for (let row = 0; row < height; row++) {
      const at = ((frame.top + row) * out.width + frame.left) * out.channels
      out.data.set(to.data.subarray(row * line, (row + 1) * line), at)
    }
  }
}

/** Where a part begins; rounding may have put it beside the image by less than a pixel's billionth. */
function within(start: number, length: number, size: number): number {
  return Math.max(0, Math.min(size - length, start))
}
