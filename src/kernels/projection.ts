/** Projective maps of the plane. */
import type { RowMap } from './warp.js'

export type Point = readonly [x: number, y: number]

/** Four corners, in order around. */
export type Quad = readonly [Point, Point, Point, Point]

/**
 * The map x' = (ax + by + c) / w, y' = (dx + ey + f) / w with w = gx + hy + i as [a, b, c, d, e, f, g, h, i], in pixels
 * from the top left corner: the centre of the first pixel is 0.5, 0.5. What is shown has a positive w.
 */
export type Projection = readonly [number, number, number, number, number, number, number, number, number]

/** Beyond the horizon there is no place; what is there is taken for something far away. */
const HORIZON = 1e-9

/** The map that takes four corners to four others. Both quadrilaterals must be convex, and turn the same way. */
export function projectionBetween(from: Quad, to: Quad): Projection {
  const map = product(basis(to), adjugate(basis(from)))
  return upright(map, from[0])
}

/** The map that leads back; `corner` is a point that it can be applied to. */
export function invertProjection(map: Projection, corner: Point): Projection {
  return upright(adjugate(map), corner)
}

export function project([a, b, c, d, e, f, g, h, i]: Projection, x: number, y: number): Point {
  const w = Math.max(HORIZON, g * x + h * y + i)
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w]
}

/** Sampling by a projective map. */
export function projectionRows([a, b, c, d, e, f, g, h, i]: Projection): RowMap {
  return (row, xs, ys) => {
    const y = row + 0.5
    for (let column = 0; column < xs.length; column++) {
      const x = column + 0.5
      const w = Math.max(HORIZON, g * x + h * y + i)
      xs[column] = (a * x + b * y + c) / w - 0.5
      ys[column] = (d * x + e * y + f) / w - 0.5
    }
  }
}

/** Whether four corners turn the same way at each corner, as those of an image do. */
export function isConvex(quad: Quad): boolean {
  return quad.every((corner, i) => turn(corner, quad[(i + 1) % 4]!, quad[(i + 2) % 4]!) > 0)
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
}

/** The map that takes the axes and their sum to four corners, in homogeneous coordinates. */
function basis([p, q, r, s]: Quad): Projection {
  const corners: Projection = [p[0], q[0], r[0], p[1], q[1], r[1], 1, 1, 1]
  const [a, b, c, d, e, f, g, h, i] = adjugate(corners)
  const u = a * s[0] + b * s[1] + c
  const v = d * s[0] + e * s[1] + f
  const w = g * s[0] + h * s[1] + i
  return [p[0] * u, q[0] * v, r[0] * w, p[1] * u, q[1] * v, r[1] * w, u, v, w]
}

/** The inverse, times the determinant. */
function adjugate([a, b, c, d, e, f, g, h, i]: Projection): Projection {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d
  ]
}

function product(m: Projection, n: Projection): Projection {
  const [a, b, c, d, e, f, g, h, i] = n
  const row = (x: number, y: number, z: number) =>
    [x * a + y * d + z * g, x * b + y * e + z * h, x * c + y * f + z * i] as const
  return [...row(m[0], m[1], m[2]), ...row(m[3], m[4], m[5]), ...row(m[6], m[7], m[8])]
}

/** The same map, with w = 1 at a point; without negative zeros, which JSON does not know. */
function upright(map: Projection, [x, y]: Point): Projection {
  const w = map[6] * x + map[7] * y + map[8]
  const [a, b, c, d, e, f, g, h, i] = map
  return [a / w + 0, b / w + 0, c / w + 0, d / w + 0, e / w + 0, f / w + 0, g / w + 0, h / w + 0, i / w + 0]
}
