/** Places of a row of pixels in an image, as kernels/affine.ts and kernels/displaced.ts have them for machines without SIMD. */

/** a·x + `left` and d·x + `top` for the columns x; writes one more where `count` is odd. */
export function affinePlaces(xs: usize, ys: usize, count: i32, a: f64, left: f64, d: f64, top: f64): void {
  const across = f64x2.splat(a)
  const down = f64x2.splat(d)
  const x0 = f64x2.splat(left)
  const y0 = f64x2.splat(top)
  let x = f64x2(0, 1)
  for (let i = 0; i < count; i += 2, xs += 16, ys += 16) {
    v128.store(xs, f64x2.add(f64x2.mul(across, x), x0))
    v128.store(ys, f64x2.add(f64x2.mul(down, x), y0))
    x = f64x2.add(x, f64x2.splat(2))
  }
}

/** Adds `alpha` times a displacement to each place; reads and writes one more where `count` is odd. */
export function displacePlaces(places: usize, count: i32, displacements: usize, alpha: f64): void {
  const times = f64x2.splat(alpha)
  for (let i = 0; i < count; i += 2, places += 16, displacements += 8) {
    const moved = f64x2.promote_low_f32x4(v128.load64_zero(displacements))
    v128.store(places, f64x2.add(v128.load(places), f64x2.mul(times, moved)))
  }
}
