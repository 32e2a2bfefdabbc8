/** Draws heat maps over images. */
import type { Batch } from '../batch.js'
import { checkInteger, checkNumber, checkOptions } from '../check.js'
import { InvalidOptionError, ShapeError } from '../errors.js'
import { captionOf } from '../sinks/caption.js'
import { type Picture, pictures } from '../sinks/picture.js'
import { writePng } from '../sinks/platform.js'
import { drawSheet } from '../sinks/sheet.js'
import type { GradCam } from './gradCam.js'

/** Options of {@link overlay}. */
export interface OverlayOptions {
  /**
   * How much of the heat map is seen where it is strongest, from 0 to 1.
   * @defaultValue 0.6
   */
  readonly opacity?: number | undefined
  /**
   * How many images are drawn at most.
   * @defaultValue 32
   */
  readonly maxImages?: number | undefined
}

/**
 * Writes a PNG with each image of a batch and, beside it, the same image under its heat map.
 *
 * Below the image stands its label, below the map the class that it explains. Colours go from black over red to yellow
 * (matplotlib's inferno), so that brighter is more.
 *
 * @param path where the PNG goes; missing folders are made
 * @param batch the images, not released yet
 * @param cam what `gradCam` found for them
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 * @throws {@link ShapeError} where the maps are not those of the batch
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs'
 * import { batch, cifar10, gradCam, normalize, overlay, toAsyncIterable } from 'millrace'
 *
 * const model = await tf.loadLayersModel('https://example.com/model.json')
 * for await (const one of toAsyncIterable(cifar10({ split: 'test' }).pipe(batch(16), normalize()))) {
 *   const xs = tf.tensor(Float32Array.from(one.images), [...one.shape] as [number, number, number, number])
 *   await overlay('what-it-looks-at.png', one, gradCam(tf, model, xs))
 *   break
 * }
 * ```
 */
export async function overlay(
  path: string | URL,
  batch: Batch,
  cam: GradCam,
  options: OverlayOptions = {}
): Promise<void> {
  if (!(path instanceof URL) && (typeof path !== 'string' || path === '')) {
    throw new InvalidOptionError({ caller: 'overlay', option: 'path', expected: 'a path', received: path })
  }
  checkOptions('overlay', options, ['opacity', 'maxImages'])
  const { opacity = 0.6, maxImages = 32 } = options
  checkNumber('overlay', 'opacity', opacity, { min: 0, max: 1 })
  checkInteger('overlay', 'maxImages', maxImages, { min: 1 })
  const [n, height, width] = batch.shape
  if (cam.shape.join() !== [n, height, width].join()) {
    throw new ShapeError(`overlay: the batch is ${n}×${height}×${width}, but the maps are ${cam.shape.join('×')}.`)
  }
  const images = pictures(batch, maxImages)
  const size = height * width
  const drawn = images.flatMap((image, i) => [
    image,
    blend(image, cam.maps.subarray(i * size, (i + 1) * size), opacity)
  ])
  const labels = batch.labelShape[1]
  const captions = images.flatMap((_, i) => [
    captionOf(batch.labels.subarray(i * labels, (i + 1) * labels), batch.info),
    [{ name: `sees ${batch.info.classNames?.[cam.classes[i]!] ?? `class ${cam.classes[i]}`}`, weight: '' }]
  ])
  const title = `${batch.info.name}   Grad-CAM of ${cam.layer}`
  await writePng(
    path,
    drawSheet([{ title, pictures: drawn, captions }], { columns: Math.min(8, drawn.length), scale: undefined })
  )
}

function blend({ data, width, height }: Picture, map: Float32Array, opacity: number): Picture {
  const out = new Uint8Array(data.length)
  for (let p = 0; p < map.length; p++) {
    const share = opacity * (0.25 + 0.75 * map[p]!)
    for (let c = 0; c < 3; c++)
      out[3 * p + c] = Math.round((1 - share) * data[3 * p + c]! + share * inferno(map[p]!, c))
  }
  return { data: out, width, height }
}

/** Nine points of the colour map, between which it is nearly straight. */
const INFERNO = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164]
] as const

function inferno(value: number, channel: number): number {
  const place = Math.max(0, Math.min(1, value)) * (INFERNO.length - 1)
  const i = Math.min(INFERNO.length - 2, Math.floor(place))
  return INFERNO[i]![channel]! + (place - i) * (INFERNO[i + 1]![channel]! - INFERNO[i]![channel]!)
}
