/** The way through a displacement field, from the result to the image, and back. */
import { type Affine, invertAffine } from './affine.js'
import { wasmKernels } from './wasm/module.js'

/** Steps of the iteration. Where neighbours are displaced alike, each brings it closer by half at least. */
const STEPS = 30

/**
 * From a point of the image to the place of the result that shows it: solves matrix · p + displacement(p) = (x, y) for p by fixed-point iteration. Where the field folds over itself there
 * are several solutions, of which it finds one, or none.
 */
export function displacedPoint(
  x: number,
  y: number,
  matrix: Affine,
  displacement: (px: number, py: number) => readonly [dx: number, dy: number]
): readonly [x: number, y: number] {
  const [a, b, c, d, e, f] = invertAffine(matrix)
  let [px, py] = [a * x + b * y + c, d * x + e * y + f]
  for (let i = 0; i < STEPS; i++) {
    const [dx, dy] = displacement(px, py)
    px = a * (x - dx) + b * (y - dy) + c
    py = d * (x - dx) + e * (y - dy) + f
  }
  return [px, py]
}

/** Adds `alpha` times a field's values from index `at` on to places, which are as many. */
export function displace(places: Float64Array, field: Float32Array, at: number, alpha: number): void {
  const wasm = wasmKernels()
  if (wasm?.holds(places) === true && wasm.holds(field)) {
    wasm.run.displacePlaces(places.byteOffset, places.length, field.byteOffset + 4 * at, alpha)
    return
  }
  for (let i = 0; i < places.length; i++) places[i] = places[i]! + alpha * field[at + i]!
}
