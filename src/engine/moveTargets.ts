/** Masks, boxes and keypoints go through the geometric steps that the pixels went through. */
import { OperatorError, ShapeError } from '../errors.js'
import type { Frame, Geometry, Image, Shape } from '../kernels/step.js'
import type { Box, Keypoint } from '../sample.js'
import type { SampleProgram } from './program.js'
import { type ImagePool, imageOf } from './runSteps.js'

/** What lies in an image; undefined where the sample has none of the kind. */
export interface ImageTargets {
  readonly mask: Image | undefined
  readonly boxes: readonly Box[] | undefined
  readonly keypoints: readonly Keypoint[] | undefined
}

/** An image with what lies in it. */
export interface MadeImage {
  readonly image: Image
  readonly targets: ImageTargets | undefined
}

/** Images that steps need besides the sample's own, by the place of the step. */
export type Partners = readonly (readonly MadeImage[] | undefined)[]

/** A box of which a smaller share than this is left is left out. */
const LEAST_SHARE = 0.1
/** Points on each side of a box that are followed, its corners included: sides may bend. */
const POINTS = 5

/**
 * Moves targets as the drawn steps from `applied` on move the pixels.
 *
 * @param shape of the image before those steps
 * @throws OperatorError where a step changes the size and does not say where it moves what lies in the image
 */
export function moveTargets(
  { steps }: SampleProgram,
  applied: number,
  shape: Shape,
  own: ImageTargets,
  partners: Partners,
  pool: ImagePool
): ImageTargets {
  let targets = own
  for (let i = applied; i < steps.length; i++) {
    const { step, drawn, shape: after } = steps[i]!
    if (drawn === undefined) continue
    if (step.geometry !== undefined) {
      const others = step.partners === undefined ? [] : (partners[i] ?? []).map(partner => partner.targets)
      targets = new Move(step.geometry, drawn, shape, after).all(targets, others, pool)
    } else if (after[0] !== shape[0] || after[1] !== shape[1]) {
      throw new OperatorError(
        step.name,
        'it changes the size of images, and does not say where it moves masks, boxes and keypoints. Give its definition a `geometry`.'
      )
    }
    shape = after
  }
  return targets
}

/** Refuses a mask that is not of its image's size. */
export function checkMask(mask: Image, [height, width]: Shape): Image {
  if (mask.height === height && mask.width === width) return mask
  throw new ShapeError(
    `the mask is ${mask.height}×${mask.width} (height × width), but its image is ${height}×${width}. They must be equal.`
  )
}

/** One step's motion. */
class Move {
  readonly #geometry: Geometry
  readonly #params: unknown
  readonly #before: Shape
  readonly #after: Shape

  constructor(geometry: Geometry, params: unknown, before: Shape, after: Shape) {
    this.#geometry = geometry
    this.#params = params
    this.#before = before
    this.#after = after
  }

  all(own: ImageTargets, partners: readonly (ImageTargets | undefined)[], pool: ImagePool): ImageTargets {
    const boxes = own.boxes && [own.boxes, ...partners.map(partner => partner?.boxes ?? [])]
    const keypoints = own.keypoints && [own.keypoints, ...partners.map(partner => partner?.keypoints ?? [])]
    return {
      mask: own.mask && this.#mask(own.mask, partners, pool),
      boxes: boxes?.flatMap((list, partner) => this.#boxes(list, partner)),
      keypoints: keypoints?.flatMap((list, partner) => this.#keypoints(list, partner))
    }
  }

  #mask(mask: Image, partners: readonly (ImageTargets | undefined)[], pool: ImagePool): Image {
    const [height, width] = this.#after
    const out = imageOf([height, width, 1], pool.take(height * width))
    const masks = partners.map(partner => {
      if (partner?.mask !== undefined) return partner.mask
      throw new ShapeError('a partner has no mask, though the sample has one: give every sample a mask, or none')
    })
    this.#geometry.mask(mask, this.#params, out, masks)
    return out
  }

  #boxes(boxes: readonly Box[], partner: number): Box[] {
    const frame = this.#frame(partner)
    return boxes.flatMap(box => {
      const moved = this.#around(box, partner)
      const x1 = Math.max(frame.left, moved.x1)
      const y1 = Math.max(frame.top, moved.y1)
      const x2 = Math.min(frame.right, moved.x2)
      const y2 = Math.min(frame.bottom, moved.y2)
      const whole = (moved.x2 - moved.x1) * (moved.y2 - moved.y1)
      const visible = Math.max(0, x2 - x1) * Math.max(0, y2 - y1)
      return visible > 0 && visible >= LEAST_SHARE * whole ? [{ ...box, x1, y1, x2, y2 }] : []
    })
  }

  /** The smallest upright box around the moved sides of a box. */
  #around({ x1, y1, x2, y2 }: Box, partner: number): Box {
    const around = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity }
    for (let i = 0; i < POINTS; i++) {
      const t = i / (POINTS - 1)
      const x = x1 + t * (x2 - x1)
      const y = y1 + t * (y2 - y1)
      for (const [px, py] of [
        [x, y1],
        [x, y2],
        [x1, y],
        [x2, y]
      ] as const) {
        const [toX, toY] = this.#geometry.point(this.#params, this.#before, px, py, partner)
        around.x1 = Math.min(around.x1, toX)
        around.y1 = Math.min(around.y1, toY)
        around.x2 = Math.max(around.x2, toX)
        around.y2 = Math.max(around.y2, toY)
      }
    }
    return around
  }

  #keypoints(keypoints: readonly Keypoint[], partner: number): Keypoint[] {
    const { left, top, right, bottom } = this.#frame(partner)
    return keypoints.map(keypoint => {
      const [x, y] = this.#geometry.point(this.#params, this.#before, keypoint.x, keypoint.y, partner)
      const inside = x >= left && x < right && y >= top && y < bottom
      return inside ? { ...keypoint, x, y } : { ...keypoint, x, y, visible: false }
    })
  }

  #frame(partner: number): Frame {
    const [bottom, right] = this.#after
    return this.#geometry.frame?.(this.#params, this.#before, partner) ?? { left: 0, top: 0, right, bottom }
  }
}
