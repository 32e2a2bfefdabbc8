/** What becomes of boxes and keypoints where a rectangle of one image is pasted over another. */
import type { Box, Keypoint, Targets } from '../sample.js'
import type { Frame } from './step.js'

/** The smallest share of a box that is worth keeping. */
const LEAST_SHARE = 1 / 4

/** How the coordinates of an image become those of the result: scaled, then shifted. */
export interface Placement {
  readonly scaleX: number
  readonly scaleY: number
  readonly x: number
  readonly y: number
}

/**
 * What is left of an image's own targets under a pasted rectangle. A box stays where a quarter of it or more is seen;
 * it is cut down where what is seen of it is a rectangle again. A covered keypoint stays, with `visible: false`.
 */
export function coveredTargets({ boxes, keypoints }: Targets, paste: Frame): Targets {
  return {
    boxes: boxes.flatMap(box => uncovered(box, paste)),
    keypoints: keypoints.map(point => (contains(paste, point) ? { ...point, visible: false } : point))
  }
}

/**
 * What comes along with a pasted image: boxes cut at the border of the rectangle, where a quarter of them or more is
 * inside, and keypoints that are inside.
 */
export function pastedTargets(
  { boxes, keypoints }: Targets,
  { scaleX, scaleY, x, y }: Placement,
  paste: Frame
): Targets {
  const placed = boxes.map(box => ({
    ...box,
    x1: box.x1 * scaleX + x,
    y1: box.y1 * scaleY + y,
    x2: box.x2 * scaleX + x,
    y2: box.y2 * scaleY + y
  }))
  const points = keypoints.map(point => ({ ...point, x: point.x * scaleX + x, y: point.y * scaleY + y }))
  return {
    boxes: placed.flatMap(box => cut(box, paste)),
    keypoints: points.filter(point => contains(paste, point))
  }
}

/** Targets of several images in one, one after the other. */
export function joinTargets(parts: readonly Targets[]): Targets {
  return { boxes: parts.flatMap(part => part.boxes), keypoints: parts.flatMap(part => part.keypoints) }
}

function cut(box: Box, { left, top, right, bottom }: Frame): Box[] {
  const x1 = Math.max(box.x1, left)
  const y1 = Math.max(box.y1, top)
  const x2 = Math.min(box.x2, right)
  const y2 = Math.min(box.y2, bottom)
  const inside = Math.max(0, x2 - x1) * Math.max(0, y2 - y1)
  return inside > 0 && inside >= LEAST_SHARE * area(box) ? [{ ...box, x1, y1, x2, y2 }] : []
}

function uncovered(box: Box, paste: Frame): Box[] {
  const { left, top, right, bottom } = paste
  const width = Math.min(box.x2, right) - Math.max(box.x1, left)
  const height = Math.min(box.y2, bottom) - Math.max(box.y1, top)
  if (width <= 0 || height <= 0) return [box]
  if (area(box) - width * height < LEAST_SHARE * area(box)) return []
  // The rest is a rectangle only where a whole side is gone: the paste spans the box, and covers one end of it.
  if (left <= box.x1 && right >= box.x2) {
    if (top <= box.y1) return [{ ...box, y1: bottom }]
    if (bottom >= box.y2) return [{ ...box, y2: top }]
  }
  if (top <= box.y1 && bottom >= box.y2) {
    if (left <= box.x1) return [{ ...box, x1: right }]
    if (right >= box.x2) return [{ ...box, x2: left }]
  }
  return [box]
}

function area({ x1, y1, x2, y2 }: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1)
}

function contains({ left, top, right, bottom }: Frame, { x, y }: Keypoint): boolean {
  return x >= left && x < right && y >= top && y < bottom
}
